// Package heatmap turns a changing book of amounts at prices into pictures of
// it at any zoom: price bins by time buckets, a ladder of resolutions with an
// exact merge law, rasterising, and causal normalisation.
//
// It has never heard of leverage, venues or files. What the planes of a cell
// mean is its caller's business; all it knows is that planes of Long lie
// below price and planes of Short above.
//
// # The form of the data
//
// A column of the map is the state of the book at the close of a time bucket.
// The state is kept factorised: an integer raw amount a plane and bin, times
// one scale a plane and column. A raw amount changes only where something
// opened or was swept; everything that shrinks the whole plane alike (closed
// positions, ageing) is in the scale. So the stored form is
//
//	Day = keyframe at 00:00 UTC  +  deltas of raw amounts  +  columns with scales
//
// and a cell of plane p, bin b at the close of bucket t is
//
//	x(p, b, t) = scale(p, t) · (keyframe(p, b) + Σ_{t' ≤ t} delta(p, b, t'))
//
// A Day is built and stored so, by time. What reads maps wants rectangles of
// them, so a level of a Day is turned into Tracks, which say the same by cell.
//
// # Invariants
//
//  1. Merge law: keyframe and deltas of level k are the integer sums of those
//     of level k-1 over the bins and buckets that level k joins, so a level
//     built from the next finer one equals the level built from the base.
//  2. A closed column never changes: every later event has a later bucket.
//  3. Scales are 1 at the start of a UTC day (the book is rebased there), so
//     that days can be read apart.
//  4. Buckets and days are half-open and aligned to the UTC epoch.
//
// Nothing here is safe for concurrent mutation; finished Days are read-only
// and may be shared.
package heatmap
