/** Shader sources. The tone function is handed in by the caller: see `norm.ts`. */
import { MOST_CELLS } from "./scene";

/** One quad a block, corners in clip space from pixels. */
export const VERTEX = `#version 300 es
uniform vec4 box;      // x0, y0, x1, y1 in device pixels, y downwards
uniform vec2 size;
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  vec2 px = mix(box.xy, box.zw, corner);
  gl_Position = vec4(px.x / size.x * 2.0 - 1.0, 1.0 - px.y / size.y * 2.0, 0.0, 1.0);
}`;

/**
 * Every pixel looks up which cells it shows, takes the greatest tone among
 * them, and the colour of that tone. `tone(float log1p, int column)` and the
 * flag `undefinedAt` come from `toneSource`.
 */
export function fragment(toneSource: string): string {
  return `#version 300 es
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp isampler2D;
uniform usampler2D cells;
uniform sampler2D stats;
uniform isampler2D columnSpans;
uniform isampler2D rowSpans;
uniform sampler2D palette;
uniform ivec4 place;      // first column and row of the block, first and end column with data
uniform int blockSize;
uniform float height;
uniform float logStep;
uniform float threshold;
uniform bvec4 channels;
uniform vec3 undefinedColour;
out vec4 colour;
${toneSource}
float log1pOf(uvec4 q) {
  vec4 bits = vec4(q) / logStep;
  vec4 amounts = mix(vec4(0.0), exp2(bits) - 1.0, channels);
  return log(1.0 + dot(amounts, vec4(1.0)));
}
void main() {
  int px = int(gl_FragCoord.x), py = int(height - gl_FragCoord.y);
  ivec2 c = texelFetch(columnSpans, ivec2(px, 0), 0).xy - place.x;
  ivec2 r = texelFetch(rowSpans, ivec2(py, 0), 0).xy - place.y;
  c = ivec2(max(c.x, place.z), min(c.y, place.w));
  r = ivec2(max(r.x, 0), min(r.y, blockSize));
  int stepC = max(1, (c.y - c.x) / ${MOST_CELLS}), stepR = max(1, (r.y - r.x) / ${MOST_CELLS});
  float best = -1.0;
  bool unclear = false;
  for (int column = c.x; column < c.y; column += stepC) {
    float most = 0.0;
    for (int row = r.x; row < r.y; row += stepR) {
      uvec4 q = texelFetch(cells, ivec2(column, row), 0);
      if (any(notEqual(q, uvec4(0)))) most = max(most, log1pOf(q));
    }
    if (most <= 0.0) continue;
    undefinedAt = false;
    float t = tone(most, column);
    if (undefinedAt) unclear = true; else best = max(best, t);
  }
  if (best >= 0.0 && best >= threshold) {
    colour = texelFetch(palette, ivec2(int(best * 255.0 + 0.5), 0), 0);
  } else if (best < 0.0 && unclear) {
    colour = vec4(undefinedColour, 1.0);
  } else {
    discard;
  }
}`;
}
