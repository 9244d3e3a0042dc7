package live

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"
)

// How much of what could not be read is kept.
const (
	// samplesPerHour is the most frames of one feed that are kept in an hour.
	samplesPerHour = 20
	// sampleBytes is the most that is kept of one frame.
	sampleBytes = 4 << 10
	// samplesBytes is how long a file grows before it replaces the one before.
	samplesBytes = 1 << 20
)

// Samples keeps a few of the frames that could not be read, a file of JSON
// lines a feed, for whoever mends the parser. What it takes up is bounded: the
// first frames of an hour, and two files of a megabyte. It is safe for
// concurrent use.
type Samples struct {
	dir string

	mu    sync.Mutex
	hours map[string]*sampleHour
}

// sampleHour is what a feed has used of an hour.
type sampleHour struct {
	begin time.Time
	kept  int
}

// sample is a line of the file. Frame is the frame as text, or as Base64 where
// it is none; Bytes is how long it was before it was cut.
type sample struct {
	Time  string `json:"time"`
	Error string `json:"error"`
	Bytes int    `json:"bytes"`
	Frame string `json:"frame,omitempty"`
	Bin   []byte `json:"frame_base64,omitempty"`
}

// NewSamples keeps samples in a folder, which is made with the first of them.
func NewSamples(dir string) *Samples { return &Samples{dir: dir, hours: map[string]*sampleHour{}} }

// Of returns what takes the frames of a feed, as venue.FeedOptions.Malformed
// wants it. A sample that cannot be written is let go: the count of malformed
// frames does not depend on it.
func (s *Samples) Of(feed string) func(frame []byte, err error) {
	return func(frame []byte, err error) {
		if s.admit(feed, time.Now()) {
			_ = s.write(feed, frame, err)
		}
	}
}

// admit reports whether another sample of a feed may be kept now.
func (s *Samples) admit(feed string, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hours[feed]
	if h == nil || now.Sub(h.begin) >= time.Hour {
		h = &sampleHour{begin: now}
		s.hours[feed] = h
	}
	h.kept++
	return h.kept <= samplesPerHour
}

func (s *Samples) write(feed string, frame []byte, reason error) error {
	line := sample{Time: nowMilli().String(), Error: reason.Error(), Bytes: len(frame)}
	if part := frame[:min(len(frame), sampleBytes)]; utf8.Valid(part) {
		line.Frame = string(part)
	} else {
		line.Bin = part
	}
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(s.dir, feed+".jsonl")
	if info, err := os.Stat(path); err == nil && info.Size() > samplesBytes {
		if err := os.Rename(path, filepath.Join(s.dir, feed+".old.jsonl")); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := f.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("cannot keep a sample of %q: %w", feed, err)
	}
	return f.Close()
}
