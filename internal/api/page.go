package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
)

// answersStart begins the place in index.html that is filled with the answers
// to the page's first questions; the built page has null there.
const answersStart = `<script type="application/json" id="answers">`

// answersPatience is how long the page is kept waiting for them: it can ask.
const answersPatience = 200 * time.Millisecond

// page serves the built page. Into index.html go the state of the server and
// the instruments, so that the page can ask for columns and cells as soon as
// its script runs.
func (s *server) page() http.Handler {
	files := http.FileServerFS(s.Page)
	assets := sync.OnceValue(func() map[string][]byte { return packed(s.Page) })
	go assets()
	index, _ := fs.ReadFile(s.Page, "index.html")
	head, tail, fillable := bytes.Cut(index, []byte(answersStart+"null"))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/assets/"):
			// Built assets carry a hash of their content in their name.
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
			w.Header().Add("Vary", "Accept-Encoding")
			name := strings.TrimPrefix(r.URL.Path, "/")
			if content, ok := assets()[name]; ok && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
				_, _ = w.Write(content)
				return
			}
		case r.URL.Path == "/" && fillable:
			// What is true now is not to come back from a cache.
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			// A failure to write means that the reader has gone.
			_, _ = w.Write(bytes.Join([][]byte{head, []byte(answersStart), s.firstAnswers(r), tail}, nil))
			return
		default:
			w.Header().Set("Cache-Control", "no-cache")
		}
		files.ServeHTTP(w, r)
	})
}

// packed returns the built assets in gzip, by their path: packed once as tightly
// as can be instead of for every visitor in haste.
func packed(page fs.FS) map[string][]byte {
	out := map[string][]byte{}
	names, _ := fs.Glob(page, "assets/*")
	for _, name := range names {
		content, err := fs.ReadFile(page, name)
		if err != nil {
			continue // served, or not, as it is
		}
		var to bytes.Buffer
		z, _ := gzip.NewWriterLevel(&to, gzip.BestCompression)
		_, _ = z.Write(content)
		if z.Close() == nil {
			out[name] = to.Bytes()
		}
	}
	return out
}

// firstAnswers returns as JSON what GET /api/v1/status and GET
// /api/v1/instruments answer, with the combination that the page's address
// names if it names one; null where that cannot be told at once.
func (s *server) firstAnswers(r *http.Request) []byte {
	ctx, cancel := context.WithTimeout(r.Context(), answersPatience)
	defer cancel()
	var ask instrumentsRequest
	if q := r.URL.Query(); q.Get("venue") != "" && q.Get("symbol") != "" {
		ask.Also = []string{q.Get("venue") + ":" + q.Get("symbol")}
	}
	status, err := s.status(ctx, nil)
	if err != nil {
		return []byte("null")
	}
	instruments, err := s.instruments(ctx, &ask)
	if err != nil {
		return []byte("null")
	}
	// Marshal escapes what could end a script element.
	text, err := json.Marshal(map[string]any{"status": status.Body, "instruments": instruments.Body})
	if err != nil {
		return []byte("null")
	}
	return text
}
