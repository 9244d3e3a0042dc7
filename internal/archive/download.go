package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

var (
	// errAbsent: the archive has no such file, or not yet.
	errAbsent = errors.New("not published")
	// ErrChecksum marks a file that differs from its published checksum, after
	// it has been fetched twice.
	ErrChecksum = errors.New("checksum mismatch")
)

// attempts is how often a download goes on before it is given up, and firstWait
// the pause after the first failure, doubled each time.
const (
	attempts  = 6
	firstWait = time.Second
	mostWait  = time.Minute
)

// downloader keeps files in a folder until they are in. One goroutine at a time.
type downloader struct {
	base   string
	dir    string
	client *http.Client
	agent  string
	tell   func(file string, done, total int64)
	pause  func(context.Context, time.Duration) error
}

// get returns the local copy of a file, checked against its checksum where
// there is one, and the checksum of what was fetched. The error wraps errAbsent
// or ErrChecksum.
func (d *downloader) get(ctx context.Context, file, checksum string) (local, sum string, err error) {
	want := ""
	if checksum != "" {
		if want, err = d.checksum(ctx, checksum); err != nil {
			return "", "", err
		}
	}
	for range 2 { // the second time from the beginning
		if local, err = d.whole(ctx, file); err != nil {
			return "", "", err
		}
		if sum, err = sumOf(local); err != nil || want == "" || sum == want {
			return local, sum, err
		}
		if err := os.Remove(local); err != nil {
			return "", "", fmt.Errorf("cannot discard %q: %w", local, err)
		}
	}
	return "", "", fmt.Errorf("cannot take %q: it has SHA-256 %s, and %q says %s: %w", d.base+file, sum, checksum, want, ErrChecksum)
}

// checksum reads the published SHA-256 of a file: "<hex>  <name>".
func (d *downloader) checksum(ctx context.Context, file string) (string, error) {
	var text []byte
	err := d.patiently(ctx, file, func() error {
		response, err := d.ask(ctx, file, "", "")
		if err != nil {
			return err
		}
		defer response.Body.Close()
		text, err = io.ReadAll(io.LimitReader(response.Body, 1<<12))
		return err
	})
	if err != nil {
		return "", err
	}
	sum, _, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if b, err := hex.DecodeString(sum); err != nil || len(b) != sha256.Size {
		return "", fmt.Errorf("cannot read checksum %q: found %.80q, want 64 hexadecimal digits and a name", d.base+file, text)
	}
	return strings.ToLower(sum), nil
}

// whole downloads a file, going on with what is there of it.
func (d *downloader) whole(ctx context.Context, file string) (local string, err error) {
	local = filepath.Join(d.dir, path.Base(file))
	if _, err := os.Stat(local); err == nil {
		return local, nil
	}
	part := local + ".part"
	if err := d.patiently(ctx, file, func() error { return d.more(ctx, file, part) }); err != nil {
		return "", err
	}
	_ = os.Remove(part + ".tag") // one without its part says nothing
	return local, os.Rename(part, local)
}

// more fetches what is missing of a part. A part of another version of the
// file, told by its tag, is begun anew.
func (d *downloader) more(ctx context.Context, file, part string) error {
	tag, err := os.ReadFile(part + ".tag")
	have := int64(0)
	if info, statErr := os.Stat(part); err == nil && statErr == nil && len(tag) > 0 {
		have = info.Size()
	}
	of := ""
	if have > 0 {
		of = fmt.Sprintf("bytes=%d-", have)
	}
	response, err := d.ask(ctx, file, of, string(tag))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	mode := os.O_CREATE | os.O_WRONLY | os.O_APPEND
	if response.StatusCode != http.StatusPartialContent {
		have, mode = 0, mode|os.O_TRUNC
	}
	if err := os.WriteFile(part+".tag", []byte(response.Header.Get("ETag")), 0o644); err != nil {
		return fmt.Errorf("cannot keep %q: %w", part, err)
	}
	out, err := os.OpenFile(part, mode, 0o644)
	if err != nil {
		return fmt.Errorf("cannot keep %q: %w", part, err)
	}
	total := have + response.ContentLength // without a length: have-1
	_, err = io.Copy(out, &counted{response.Body, func(n int64) { d.tell(path.Base(file), have+n, total) }, 0})
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("cannot download %q: %w", d.base+file, err)
	}
	return nil
}

// ask requests a file, or the rest of it if its tag is still the same.
func (d *downloader) ask(ctx context.Context, file, rest, tag string) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+file, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for %q: %w", d.base+file, err)
	}
	request.Header.Set("User-Agent", d.agent)
	request.Header.Set("Accept-Encoding", "identity") // or a length would not be the file's
	if rest != "" {
		request.Header.Set("Range", rest)
		request.Header.Set("If-Range", tag)
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("cannot ask for %q: %w", d.base+file, err)
	}
	switch response.StatusCode {
	case http.StatusOK, http.StatusPartialContent:
		return response, nil
	}
	response.Body.Close()
	if response.StatusCode == http.StatusNotFound || response.StatusCode == http.StatusGone {
		return nil, fmt.Errorf("%q: %w", d.base+file, errAbsent)
	}
	refusal := &refusal{url: d.base + file, status: response.StatusCode}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		refusal.wait = time.Duration(seconds) * time.Second
	}
	return nil, refusal
}

// refusal is an answer that is no file. wait is how long the archive asks for
// patience, 0 where it does not say.
type refusal struct {
	url    string
	status int
	wait   time.Duration
}

func (r *refusal) Error() string {
	return fmt.Sprintf("cannot fetch %q: the archive answered %d", r.url, r.status)
}

// patiently does something again, after longer and longer pauses, while the
// archive or the line to it fails.
func (d *downloader) patiently(ctx context.Context, file string, do func() error) error {
	wait := firstWait
	for n := 1; ; n++ {
		err := do()
		if err == nil || errors.Is(err, errAbsent) || ctx.Err() != nil {
			return err
		}
		refused := (*refusal)(nil)
		if errors.As(err, &refused) {
			temporary := refused.status == http.StatusTooManyRequests || refused.status >= 500 || refused.status == http.StatusRequestedRangeNotSatisfiable
			if !temporary {
				return err
			}
			if refused.status == http.StatusRequestedRangeNotSatisfiable {
				d.discard(file)
			}
			wait = max(wait, min(refused.wait, mostWait))
		}
		if n == attempts {
			return err
		}
		if err := d.pause(ctx, wait); err != nil {
			return err
		}
		wait = min(2*wait, mostWait)
	}
}

// pause waits, or returns the error of a ctx that ended first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// discard forgets what there is of a file.
func (d *downloader) discard(file string) {
	local := filepath.Join(d.dir, path.Base(file))
	for _, name := range []string{local, local + ".part", local + ".part.tag"} {
		_ = os.Remove(name) // what is left is checked when it is used
	}
}

// counted tells how much has been read.
type counted struct {
	io.Reader
	tell func(n int64)
	n    int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	c.tell(c.n)
	return n, err
}

func sumOf(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("cannot read %q: %w", file, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
