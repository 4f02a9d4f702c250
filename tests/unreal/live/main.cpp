// Copyright 2026 The cstalk-live developers. SPDX-License-Identifier: Apache-2.0
// live_check unit | live_check listen --frames N --out FILE
#include <cinttypes>
#include <cstdlib>

#include "../cpp/commands.h"
#include "Engine/Engine.h"
#include "stage.h"

namespace {

// The real source on a free port: prints "ready PORT", waits for N frames, writes one line of time and values each.
int RunStream(int argc, char** argv) {
  const std::size_t wanted = std::strtoul(Option(argc, argv, "--frames", "60"), nullptr, 10);
  std::FILE* out = std::fopen(Option(argc, argv, "--out", "/dev/null"), "w");
  HubGuard hub;
  FakeClient client;
  const std::uint16_t port = FreePort();
  const TSharedPtr<ILiveLinkSource> source = MakeShared<FCSTalkLiveLinkSource>(At(port));
  client.AddSource(source);
  client.Tick();
  std::printf("ready %u\n", static_cast<unsigned>(port));
  std::fflush(stdout);
  const bool came = Until([&] { return client.Frames("CSTalk") >= wanted; }, 20.0, [&] {
    client.Tick();
    FTSTicker::GetCoreTicker().Tick(0.001f);
  });
  client.Remove(source);
  const FakeSubject subject = client.Subject("CSTalk");
  for (std::size_t k = 0; k < subject.values.size(); ++k) {
    std::fprintf(out, "%.6f", subject.times[k]);
    for (const float value : subject.values[k]) std::fprintf(out, ",%.9g", static_cast<double>(value));
    std::fprintf(out, "\n");
  }
  std::fclose(out);
  std::printf("{\"frames\": %zu, \"statics\": %d, \"faults\": %zu}\n", subject.values.size(), subject.statics, client.Faults().size());
  return came ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  GEngine = NewObject<UEngine>(nullptr);
  if (argc > 1 && std::strcmp(argv[1], "listen") == 0) return RunStream(argc - 1, argv + 1);
  return RunUnit(argc, argv);
}
