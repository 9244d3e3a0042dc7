// Package inflate reads DEFLATE streams (RFC 1951), the compression of zip
// archives, nearly twice as fast as the libraries at hand, which is the one
// reason for it: inflating is more than half of the time that an archive of
// market data takes to become a map.
//
// It looks at 8 bytes at a time where there are so many, decodes most symbols
// with one look at a table of 11 bits, and copies matches by words within one
// buffer that holds the history too. It knows nothing of zip or of checksums.
//
// A Reader is not safe for concurrent use. What it accepts and what it gives
// back, also of streams that break off, is held against compress/flate by
// FuzzReader.
package inflate
