package lake

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// leftoverAge is how old a temporary file must be for its writer to be gone:
// none takes as long.
const leftoverAge = time.Hour

// RemoveLeftovers removes the temporary files of writers that were killed, and
// returns how many there were. They are no objects and nothing reads them, but
// they take up room. Only a local folder has some.
func (l *Lake) RemoveLeftovers(ctx context.Context) (removed int, err error) {
	if l.dir == "" {
		return 0, nil
	}
	kinds, err := filepath.Glob(filepath.Join(l.dir, "kind=*"))
	if err != nil {
		return 0, err
	}
	for _, kind := range kinds {
		err = errors.Join(err, filepath.WalkDir(kind, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".tmp") {
				return errors.Join(err, ctx.Err())
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) < leftoverAge {
				return nil
			}
			if err == nil {
				err = os.Remove(path)
			}
			if err == nil {
				removed++
			}
			return err
		}))
	}
	if err != nil {
		return removed, fmt.Errorf("cannot remove leftovers of lake %q: %w", l.dir, err)
	}
	return removed, nil
}
