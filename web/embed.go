// Package web holds the page that a browser shows: TypeScript under src, built
// by Vite into dist, embedded into the binary from there.
//
// It knows nothing of HTTP or of the map; it only hands out files. In a clone
// where the page has not been built, dist holds a single hidden file and
// [Built] says so.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var files embed.FS

// Dist returns the built page, index.html at its root. Read-only and safe for
// concurrent use.
func Dist() fs.FS {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic("BUG: embedded page has no dist folder: " + err.Error())
	}
	return dist
}

// Built reports whether the page was built before the binary was.
func Built() bool {
	_, err := fs.Stat(files, "dist/index.html")
	return err == nil
}
