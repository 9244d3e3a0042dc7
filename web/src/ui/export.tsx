import { signal } from "@preact/signals";
import { captionOf, pictureName, tableAddress, type TableFormat, type TableKind } from "../tools/export";
import { pngOf, takePicture } from "../tools/picture";
import type { Page } from "./page";

/** What came of the last export, in a sentence. */
const said = signal("");

async function picture(page: Page): Promise<Blob> {
  const stage = page.stage.peek(), caption = stage && captionOf(stage);
  const canvas = stage && caption && takePicture(stage, caption, stage.hosts);
  if (!canvas) throw new Error("nothing is shown yet");
  return pngOf(canvas);
}

/** Runs an export and says what came of it. */
function attempt(run: () => Promise<string>): void {
  run().then((done) => void (said.value = done), (error: unknown) => void (said.value = `That did not work: ${error instanceof Error ? error.message : String(error)}`));
}

export function savePicture(page: Page): void {
  attempt(async () => {
    const blob = await picture(page), name = page.stage.peek() ? pictureName(page.stage.peek()!) : "halcyon.png", link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    return `Saved ${name}`;
  });
}

export function copyPicture(page: Page): void {
  attempt(async () => {
    if (!navigator.clipboard || typeof ClipboardItem === "undefined") throw new Error("this browser gives pages no clipboard here; it does on localhost and over https");
    await navigator.clipboard.write([new ClipboardItem({ "image/png": picture(page) })]);
    return "The picture is on the clipboard";
  });
}

function copyLink(): void {
  attempt(async () => {
    await navigator.clipboard.writeText(location.href);
    return "The link is on the clipboard";
  });
}

/** Everything that can be taken away: picture, tables, link. */
export function ExportSheet({ page }: { page: Page }) {
  return (
    <>
      <h2>Export what is shown</h2>
      <p class="dim">A picture names instrument, time and source, and says that it is an estimate. Tables hold the columns and prices in view{page.settings.at.value === null ? "" : ", as known at the replayed moment"}.</p>
      <h3>Picture</h3>
      <div class="choices">
        <button type="button" data-tip="The chart with its map as a file" onClick={() => savePicture(page)}>Save as PNG</button>
        <button type="button" data-tip="The same picture, to be pasted elsewhere" onClick={() => copyPicture(page)}>Copy to clipboard</button>
      </div>
      <h3>Cells of the map <span class="dim">ESTIMATED, a row a cell</span></h3>
      <div class="choices"><Table page={page} what="cells" format="csv" /><Table page={page} what="cells" format="parquet" /></div>
      <h3>Columns <span class="dim">candles, open interest, swept and observed liquidations</span></h3>
      <div class="choices"><Table page={page} what="columns" format="csv" /><Table page={page} what="columns" format="parquet" /></div>
      <h3>Link</h3>
      <div class="choices"><button type="button" data-tip="Whoever opens it sees this very picture, with this server's data" onClick={copyLink}>Copy a link to this view</button></div>
      <p role="status" class="said">{said.value}</p>
    </>
  );
}

const TABLE_TIPS: Record<TableFormat, string> = { csv: "For spreadsheets and scripts", parquet: "Smaller, and every column has its type" };

function Table({ page, what, format }: { page: Page; what: TableKind; format: TableFormat }) {
  const stage = page.stage.value, href = stage && tableAddress(stage, what, format);
  return href ? <a class="button" download="" href={href} aria-label={`${what} as ${format}`} data-tip={TABLE_TIPS[format]} onClick={() => void (said.value = "The server is writing the table")}>{format === "csv" ? "CSV" : "Parquet"}</a> : null;
}

/** Forgets what the last export said. */
export function forgetExport(): void {
  said.value = "";
}
