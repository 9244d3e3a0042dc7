// Package docs holds the documents beside it, so that the program can show
// them without asking anybody else.
package docs

import "embed"

// Files are the Markdown documents of this folder by name, "MODEL.md", and the
// plots that they show, "plots/ablation.svg".
//
//go:embed *.md plots/*.svg
var Files embed.FS
