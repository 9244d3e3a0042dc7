package lake

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What a killed writer left goes once it is old; objects and what is being
// written stay.
func TestRemoveLeftovers(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	old := time.Now().Add(-2 * leftoverAge)
	for name, at := range map[string]time.Time{
		"kind=levels/venue=v/symbol=s/date=2026-01-01/part.parquet.18ab.tmp": old,
		"kind=levels/venue=v/symbol=s/date=2026-01-01/part.parquet":          old,
		"kind=levels/venue=v/symbol=s/date=2026-01-02/part.parquet.18ac.tmp": time.Now(),
		"mine.tmp": old,
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := l.RemoveLeftovers(t.Context()); n != 1 || err != nil {
		t.Errorf("removed %d, %v; want 1", n, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "kind=levels/*/*/*/*")); len(left) != 2 {
		t.Errorf("left are %v", left)
	}
	if _, err := os.Stat(filepath.Join(dir, "mine.tmp")); err != nil {
		t.Errorf("a file that is not the lake's is gone: %v", err)
	}
}
