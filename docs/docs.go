// Package docs holds the documents beside it, so that the program can show
// them without asking anybody else.
package docs

import "embed"

// Files are the Markdown documents of this folder by name: "MODEL.md".
//
//go:embed *.md
var Files embed.FS
