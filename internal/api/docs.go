package api

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
)

// documentHead makes a document readable on the page's ground, in either of the
// system's themes.
const documentHead = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Halcyon</title><style>
:root{color-scheme:dark light;--ground:#0b0e14;--text:#d3dae4;--dim:#a0a9b7;--line:#2b3443;--code:#10141c}
@media (prefers-color-scheme: light){:root{--ground:#f7f6f2;--text:#1d2430;--dim:#4d5663;--line:#cbc8be;--code:#fffefb}}
body{background:var(--ground);color:var(--text);font:15px/1.55 Inter,system-ui,sans-serif;max-width:860px;margin:0 auto;padding:24px 20px 60px}
table{border-collapse:collapse;font-size:13px;font-variant-numeric:tabular-nums;display:block;overflow-x:auto}
td,th{border-bottom:1px solid var(--line);padding:3px 9px;text-align:left}
pre,code{background:var(--code);font-size:13px}pre{padding:10px;overflow-x:auto}a{color:inherit}img{max-width:100%}h1,h2,h3{line-height:1.25}
</style>`

// document answers GET /docs/{name} with a Markdown document as a page:
// /docs/model is MODEL.md. It is rendered anew each time, which takes
// milliseconds and happens seldom.
func (s *server) document(w http.ResponseWriter, r *http.Request) {
	name := strings.ToUpper(strings.TrimSuffix(strings.ToLower(r.PathValue("name")), ".md")) + ".md"
	text, err := fs.ReadFile(s.Docs, name)
	if err != nil {
		http.Error(w, "no document of this name: there is /docs/model", http.StatusNotFound)
		return
	}
	var page bytes.Buffer
	page.WriteString(documentHead)
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := md.Convert(text, &page); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(page.Bytes()) // a reader who left needs no answer
}

// picture answers GET /docs/plots/{name} with a plot that documents show.
func (s *server) picture(w http.ResponseWriter, r *http.Request) {
	picture, err := fs.ReadFile(s.Docs, path.Join("plots", path.Base(r.PathValue("name"))))
	if err != nil {
		http.Error(w, "no plot of this name", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(picture) // a reader who left needs no answer
}
