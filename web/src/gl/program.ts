/** Shader programs: handed to the driver without waiting for it, which compiles while data travel. */
import type { GL } from "./textures";

export type Uniforms<Name extends string> = Record<Name, WebGLUniformLocation | null>;

/** A program and where its uniforms are. */
export class Program<Name extends string> {
  private readonly program: WebGLProgram;
  private at: Uniforms<Name> | null = null;

  /** `samplers` are uniforms too, bound to the texture units of their places. */
  constructor(private readonly gl: GL, vertex: string, fragment: string, private readonly uniforms: readonly Name[], private readonly samplers: Readonly<Record<string, number>>) {
    this.program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
      const shader = gl.createShader(type) as WebGLShader;
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
      // It lives as long as the program that it is attached to.
      gl.deleteShader(shader);
    }
    gl.linkProgram(this.program);
  }

  /** Takes the program into use and says where its uniforms are; the first time that waits for the compiler. */
  use(): Uniforms<Name> {
    this.gl.useProgram(this.program);
    return (this.at ??= this.locate());
  }

  private locate(): Uniforms<Name> {
    const { gl, program } = this;
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = gl.getAttachedShaders(program)?.map((shader) => gl.getShaderInfoLog(shader) ?? "") ?? [];
      throw new Error(`BUG: program does not link: ${[gl.getProgramInfoLog(program) ?? "", ...logs].join("; ")}`);
    }
    for (const [name, unit] of Object.entries(this.samplers)) gl.uniform1i(gl.getUniformLocation(program, name), unit);
    return Object.fromEntries(this.uniforms.map((name) => [name, gl.getUniformLocation(program, name)])) as Uniforms<Name>;
  }
}
