/** Textures of a WebGL2 context: creation and partial upload. All are sampled nearest and never filtered. */
import type { Block, Table } from "./scene";

type GL = WebGL2RenderingContext;

/** An empty texture with nearest sampling, bound to 2D. */
function create(gl: GL): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}

/** Uploads all cells of a block. Returns the texture and the bytes sent. */
export function blockTexture(gl: GL, block: Block): { texture: WebGLTexture; bytes: number } {
  const texture = create(gl);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 4);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA16UI, block.size, block.size, 0, gl.RGBA_INTEGER, gl.UNSIGNED_SHORT, block.cells);
  return { texture, bytes: block.cells.byteLength };
}

/** Uploads columns `[from, end)` of a block into a texture that holds the rest. Returns the bytes sent. */
export function patchColumns(gl: GL, texture: WebGLTexture, block: Block, { from, end }: { from: number; end: number }): number {
  const { size, cells } = block;
  if (from >= end) return 0;
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, size);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, from);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, from, 0, end - from, size, gl.RGBA_INTEGER, gl.UNSIGNED_SHORT, cells);
  gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  gl.pixelStorei(gl.UNPACK_SKIP_PIXELS, 0);
  return (end - from) * size * 8;
}

/** Uploads a table of floats. */
export function tableTexture(gl: GL, table: Table): { texture: WebGLTexture; bytes: number } {
  const texture = create(gl);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, table.size, table.rows, 0, gl.RGBA, gl.FLOAT, table.data);
  return { texture, bytes: table.data.byteLength };
}

/** A one-row texture that is filled again whenever its array is another one. */
export class Row {
  readonly texture: WebGLTexture;
  private held: Int32Array | Uint8Array | null = null;

  constructor(private readonly gl: GL, private readonly kind: "spans" | "colours") {
    this.texture = create(gl);
  }

  /** Makes sure that the texture holds the data. Returns the bytes sent. */
  hold(data: Int32Array | Uint8Array): number {
    if (this.held === data) return 0;
    const gl = this.gl;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    if (this.kind === "spans") {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RG32I, data.length / 2, 1, 0, gl.RG_INTEGER, gl.INT, data);
    } else {
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, data.length / 4, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, data);
    }
    this.held = data;
    return data.byteLength;
  }
}
