/**
 * Shader sources. Cells become tones once, a tone a cell, whenever they or
 * their look change; a frame only looks tones up. The tone function is handed
 * in by the caller: see `norm.ts`.
 */
import { MOST_CELLS } from "./scene";

/** Covers the whole of a layer. */
export const TONE_VERTEX = `#version 300 es
void main() {
  gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 2.0 - 1.0, 0.0, 1.0);
}`;

/**
 * Writes a cell's code: 0 for an empty one, 1 where its tone is undefined, else
 * the bits of the tone plus 2. Bits of numbers that are not negative rise with
 * them, so that the greatest code is the greatest tone. `tone(float log1p, int
 * column)` and the flag `undefinedAt` come from `toneSource`.
 */
export function toneFragment(toneSource: string): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
uniform usampler2D cells;
uniform sampler2D stats;
uniform float logStep;
uniform bvec4 channels;
out uint code;
${toneSource}
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  vec4 q = mix(vec4(0.0), vec4(texelFetch(cells, at, 0)), channels);
  code = 0u;
  if (q == vec4(0.0)) return;
  float t = tone(log(1.0 + dot(exp2(q / logStep) - 1.0, vec4(1.0))), at.x);
  code = undefinedAt ? 1u : floatBitsToUint(abs(t)) + 2u;
}`;
}

/** One quad a block, corners in clip space from pixels. */
export const MAP_VERTEX = `#version 300 es
layout(location = 0) in ivec4 box;    // x0, y0, x1, y1 in device pixels, y downwards
layout(location = 1) in ivec4 place;  // first column and row of the block, first and end column with data
layout(location = 2) in int layer;
uniform vec2 size;
flat out ivec4 placeOf;
flat out int layerOf;
void main() {
  vec2 px = mix(vec2(box.xy), vec2(box.zw), vec2(gl_VertexID & 1, gl_VertexID >> 1));
  gl_Position = vec4(px.x / size.x * 2.0 - 1.0, 1.0 - px.y / size.y * 2.0, 0.0, 1.0);
  placeOf = place;
  layerOf = layer;
}`;

/** Every pixel looks up which cells it shows, takes the greatest tone among them, and the colour of that tone. */
export const MAP_FRAGMENT = `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2DArray;
precision highp isampler2D;
uniform usampler2DArray tones;
uniform isampler2D columnSpans;
uniform isampler2D rowSpans;
uniform sampler2D palette;
uniform int blockSize;
uniform vec2 size;
uniform float threshold;
uniform vec3 ground;
uniform vec3 undefinedColour;
flat in ivec4 placeOf;
flat in int layerOf;
out vec4 colour;
void main() {
  ivec2 c = texelFetch(columnSpans, ivec2(int(gl_FragCoord.x), 0), 0).xy - placeOf.x;
  ivec2 r = texelFetch(rowSpans, ivec2(int(size.y - gl_FragCoord.y), 0), 0).xy - placeOf.y;
  c = ivec2(max(c.x, placeOf.z), min(c.y, placeOf.w));
  r = ivec2(max(r.x, 0), min(r.y, blockSize));
  int stepC = max(1, (c.y - c.x) / ${MOST_CELLS}), stepR = max(1, (r.y - r.x) / ${MOST_CELLS});
  uint best = 0u;
  for (int column = c.x; column < c.y; column += stepC) {
    for (int row = r.x; row < r.y; row += stepR) best = max(best, texelFetch(tones, ivec3(column, row, layerOf), 0).x);
  }
  float tone = best < 2u ? -1.0 : uintBitsToFloat(best - 2u);
  colour = best == 1u ? vec4(undefinedColour, 1.0)
    : tone >= max(0.0, threshold) ? texelFetch(palette, ivec2(int(tone * 255.0 + 0.5), 0), 0) : vec4(ground, 1.0);
}`;
