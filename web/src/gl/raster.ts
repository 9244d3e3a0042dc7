/**
 * Painter without a graphics card: the same scene as one picture, put on a 2D
 * canvas in a single blit. Cells are coloured once each and then spread over
 * the pixels that show them.
 */
import { MOST_CELLS, type Block, type Box, type Look, type Painter, type Pass, type Placed, type Scene } from "./scene";

/** Opens a painter on a canvas's 2D context. */
export function openRaster(canvas: HTMLCanvasElement): Painter {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("cannot open 2D canvas: the browser refused");
  let image: ImageData | null = null;
  return {
    kind: "raster",
    uploaded: 0,
    warm() {
      // Nothing has to be compiled.
    },
    draw(scene) {
      if (canvas.width !== scene.width || canvas.height !== scene.height) {
        canvas.width = scene.width;
        canvas.height = scene.height;
      }
      if (image?.width !== scene.width || image.height !== scene.height) image = new ImageData(scene.width, scene.height);
      rasterise(scene, new Uint32Array(image.data.buffer));
      context.putImageData(image, 0, 0);
    },
    dispose() {
      image = null;
    },
  };
}

/** Paints a scene into RGBA pixels (little-endian words), row by row from the top. */
export function rasterise(scene: Scene, pixels: Uint32Array): void {
  pixels.fill(word(scene.look.ground));
  const painter = new CellColours(scene.look);
  for (const pass of scene.passes) {
    for (const placed of pass.placed) drawBlock(pass, placed, painter, pixels, scene.width);
  }
}

function word([r, g, b]: readonly [number, number, number]): number {
  return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
}

/** Neighbouring pixels that show the same cells are computed once and repeated. */
function drawBlock(pass: Pass, placed: Placed, colours: CellColours, pixels: Uint32Array, width: number): void {
  const { box } = placed;
  let rowBefore = -1;
  for (let y = box.y0; y < box.y1; y++) {
    if (rowBefore >= 0 && same(pass.rows, y, rowBefore)) {
      repeatRow(pixels, width, box, rowBefore, y, colours.drawn);
      continue;
    }
    rowBefore = y;
    colours.drawn.fill(0);
    for (let x = box.x0; x < box.x1; x++) {
      const at = y * width + x;
      if (x > box.x0 && same(pass.columns, x, x - 1)) {
        if (colours.drawn[x - 1]) pixels[at] = pixels[at - 1] as number;
        colours.drawn[x] = colours.drawn[x - 1] as number;
        continue;
      }
      const colour = colours.of(pass, placed, x, y);
      if (colour === 0) continue;
      pixels[at] = colour;
      colours.drawn[x] = 1;
    }
  }
}

function repeatRow(pixels: Uint32Array, width: number, box: Box, from: number, to: number, drawn: Uint8Array): void {
  for (let x = box.x0; x < box.x1; x++) {
    if (drawn[x]) pixels[to * width + x] = pixels[from * width + x] as number;
  }
}

function same(spans: Int32Array, a: number, b: number): boolean {
  return spans[2 * a] === spans[2 * b] && spans[2 * a + 1] === spans[2 * b + 1];
}

/** The fragment shader in TypeScript. */
class CellColours {
  /** Which pixel columns of the row at hand were painted. Wide enough for any screen. */
  readonly drawn = new Uint8Array(16384);
  private readonly palette: Uint32Array;
  private readonly unclear: number;

  constructor(private readonly look: Look) {
    this.palette = new Uint32Array(look.palette.slice().buffer);
    this.unclear = word(look.undefinedColour);
  }

  /** Colour word of a pixel, 0 where nothing is drawn. */
  of(pass: Pass, { block, table, column, row, from, end }: Placed, x: number, y: number): number {
    const c0 = Math.max((pass.columns[2 * x] as number) - column, from), c1 = Math.min((pass.columns[2 * x + 1] as number) - column, end);
    const r0 = Math.max((pass.rows[2 * y] as number) - row, 0), r1 = Math.min((pass.rows[2 * y + 1] as number) - row, block.size);
    const stepC = Math.max(1, Math.trunc((c1 - c0) / MOST_CELLS)), stepR = Math.max(1, Math.trunc((r1 - r0) / MOST_CELLS));
    let best = -1, unclear = false;
    for (let c = c0; c < c1; c += stepC) {
      let most = 0;
      for (let r = r0; r < r1; r += stepR) most = Math.max(most, this.amount(block, (r * block.size + c) * 4));
      if (most <= 0) continue;
      const tone = this.look.tone(Math.log1p(most), table, c);
      if (Number.isNaN(tone)) unclear = true;
      else best = Math.max(best, tone);
    }
    if (best >= 0 && best >= this.look.threshold) return this.palette[Math.floor(best * 255 + 0.5)] as number;
    return best < 0 && unclear ? this.unclear : 0;
  }

  /** Amount of the chosen channels. */
  private amount({ cells, amounts }: Block, at: number): number {
    let sum = 0;
    for (const channel of this.look.channels) sum += amounts[cells[at + channel] as number] as number;
    return sum;
  }
}
