// uPlot in the page's colours: dark, small, no legend of its own, sized by its box.

import uPlot from "uplot";

export function makePlot(
  box: HTMLElement,
  series: { label: string; stroke: string; dash?: number[]; fill?: string }[],
  y: { range: uPlot.Scale.Range; unit: string },
): { plot: uPlot; dispose(): void } {
  const ink = getComputedStyle(box);
  const line = ink.getPropertyValue("--line").trim();
  const faint = ink.getPropertyValue("--faint").trim();
  const axis: uPlot.Axis = {
    stroke: faint,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  const plot = new uPlot(
    {
      width: Math.max(50, box.clientWidth),
      height: Math.max(50, box.clientHeight),
      cursor: { show: false },
      legend: { show: false },
      scales: { x: { time: false }, y: { range: y.range } },
      axes: [
        { ...axis, size: 20, values: (_, ticks) => ticks.map((s) => (s === 0 ? "now" : `${s} s`)) },
        { ...axis, size: 34, values: (_, ticks) => ticks.map((v) => `${v}${y.unit}`) },
      ],
      series: [{}, ...series.map((one) => ({ ...one, width: 1.5, points: { show: false } }))],
    },
    [[], ...series.map(() => [])] as unknown as uPlot.AlignedData,
    box,
  );
  const observer = new ResizeObserver(() => {
    plot.setSize({ width: Math.max(50, box.clientWidth), height: Math.max(50, box.clientHeight) });
  });
  observer.observe(box);
  return {
    plot,
    dispose: () => {
      observer.disconnect();
      plot.destroy();
    },
  };
}
