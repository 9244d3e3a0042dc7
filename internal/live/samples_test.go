package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The first malformed frames of an hour are kept as JSON lines, cut to a
// bounded length, and the rest is not.
func TestSamplesAreBounded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "malformed")
	s := NewSamples(dir)
	take := s.Of("okx")
	take([]byte(`{"data":"<html>"}`), errors.New("not a number"))
	take([]byte{0xff, 0xfe}, errors.New("not JSON"))
	for range 3 * samplesPerHour {
		take(bytes.Repeat([]byte("x"), 100_000), errors.New("too long"))
	}
	s.Of("bitmex")([]byte("y"), errors.New("z"))
	data, err := os.ReadFile(filepath.Join(dir, "okx.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	if len(lines) != samplesPerHour || len(data) > samplesPerHour*(sampleBytes+300) {
		t.Errorf("%d lines of %d bytes", len(lines), len(data))
	}
	var first, second, long sample
	for i, to := range []*sample{&first, &second, &long} {
		if err := json.Unmarshal([]byte(lines[i]), to); err != nil {
			t.Fatal(err)
		}
	}
	if first.Frame != `{"data":"<html>"}` || first.Error != "not a number" || !bytes.Equal(second.Bin, []byte{0xff, 0xfe}) || long.Bytes != 100_000 || len(long.Frame) != sampleBytes {
		t.Errorf("samples %+v, %+v, %d bytes of %d", first, second, len(long.Frame), long.Bytes)
	}
	if _, err := os.Stat(filepath.Join(dir, "bitmex.jsonl")); err != nil {
		t.Errorf("each feed has a file and an allowance of its own: %v", err)
	}
	if s.admit("okx", time.Now().Add(59*time.Minute)) || !s.admit("okx", time.Now().Add(61*time.Minute)) {
		t.Error("the allowance is not renewed by the hour")
	}
}

// A file that has grown replaces the one before it.
func TestSamplesFileIsReplaced(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "okx.jsonl")
	if err := os.WriteFile(path, make([]byte, samplesBytes+1), 0o644); err != nil {
		t.Fatal(err)
	}
	NewSamples(dir).Of("okx")([]byte("x"), errors.New("y"))
	now, err := os.Stat(path)
	old, err2 := os.Stat(filepath.Join(dir, "okx.old.jsonl"))
	if err != nil || err2 != nil || now.Size() > 1000 || old.Size() != samplesBytes+1 {
		t.Errorf("%v, %v; %v, %v", now, err, old, err2)
	}
}
