// What the page's own address asks for.

export type ViewName = "room" | "face" | "panel";

export interface View {
  name: ViewName;
  /** CSS colour behind the face; null = the page's own. */
  background: string | null;
  /** Level of detail of the face; null = by what draws it. */
  detail: "lite" | "full" | null;
}

export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const name = query.get("view");
  const colour = query.get("bg");
  const detail = query.get("detail");
  return {
    name: name === "face" || name === "panel" ? name : "room",
    background:
      colour === "transparent"
        ? "transparent"
        : /^[0-9a-f]{3}([0-9a-f]{3})?$/i.test(colour ?? "")
          ? `#${colour}`
          : null,
    detail: detail === "lite" || detail === "full" ? detail : null,
  };
}

/** Where the WebSocket is; `token` only where the page's address had one (an OBS source, which may keep no cookies). */
export function socketAddress(location: { protocol: string; host: string }, token: string | null): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/ws${token ? `?token=${encodeURIComponent(token)}` : ""}`;
}

/** The address without the token, for the address bar, the history and screenshots. */
export function withoutToken(href: string): string {
  const url = new URL(href);
  url.searchParams.delete("token");
  return url.pathname + url.search + url.hash;
}
