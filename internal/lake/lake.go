package lake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem://
	"gocloud.dev/gcerrors"

	"halcyon/market"
)

var (
	// ErrNotFound: nothing is stored under this key.
	ErrNotFound = errors.New("not found")
	// ErrCorrupt: an object is damaged or was not written by this package. The
	// message names it. Nothing of it was used; restore or delete the object
	// and import its day again.
	ErrCorrupt = errors.New("corrupt")
)

// Lake is an open store. Use Open; Close it when done.
type Lake struct {
	bucket *blob.Bucket
	dir    string // "" where it is no local folder

	mu      sync.Mutex
	writers map[market.InstrumentID]*sync.Mutex
}

// Open opens the lake at location: the path of a folder, created if missing,
// or the URL of a bucket ("mem://", "file:///data/lake"). A URL's scheme must
// be known to gocloud.dev/blob: import its driver where the program is wired.
func Open(ctx context.Context, location string) (*Lake, error) {
	bucket, err := openBucket(ctx, location)
	if err != nil {
		return nil, fmt.Errorf("cannot open lake %q: %w", location, err)
	}
	l := &Lake{bucket: bucket, writers: map[market.InstrumentID]*sync.Mutex{}}
	if !strings.Contains(location, "://") {
		l.dir = filepath.Clean(location)
	}
	return l, nil
}

// openBucket tells paths from URLs. A local folder keeps its temporary files
// beside the final ones, where a rename is atomic, and has no sidecar files.
func openBucket(ctx context.Context, location string) (*blob.Bucket, error) {
	switch {
	case location == "":
		return nil, fmt.Errorf("location is empty, want a folder or a bucket URL: %w", market.ErrInvalid)
	case !strings.Contains(location, "://"):
		return fileblob.OpenBucket(filepath.Clean(location), &fileblob.Options{
			CreateDir: true, NoTempDir: true, Metadata: fileblob.MetadataDontWrite,
		})
	case strings.HasPrefix(location, fileblob.Scheme+"://"):
		u, err := url.Parse(location)
		if err != nil {
			return nil, err
		}
		q := u.Query()
		for name, value := range map[string]string{"create_dir": "true", "no_tmp_dir": "true", "metadata": "skip"} {
			if !q.Has(name) {
				q.Set(name, value)
			}
		}
		u.RawQuery = q.Encode()
		location = u.String()
	}
	return blob.OpenBucket(ctx, location)
}

// Close releases the store. Objects are durable as soon as the call that wrote
// them has returned, so Close loses nothing.
func (l *Lake) Close() error { return l.bucket.Close() }

// lock makes the caller the only writer of an instrument in this process.
func (l *Lake) lock(id market.InstrumentID) (unlock func()) {
	l.mu.Lock()
	w := l.writers[id]
	if w == nil {
		w = new(sync.Mutex)
		l.writers[id] = w
	}
	l.mu.Unlock()
	w.Lock()
	return w.Unlock
}

// put replaces the object under key by what write writes, or leaves it as it
// was: a store publishes an object when its writer closes, and a cancelled
// writer publishes nothing.
func (l *Lake) put(ctx context.Context, key, contentType string, write func(io.Writer) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var file *os.File
	w, err := l.bucket.NewWriter(ctx, key, &blob.WriterOptions{
		ContentType: contentType,
		BeforeWrite: func(as func(any) bool) error { as(&file); return nil },
	})
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", key, err)
	}
	err = write(w)
	if err == nil && file != nil {
		// Without this a power cut can leave the new name on an empty file.
		err = file.Sync()
	}
	if err != nil {
		cancel()
		_ = w.Close() // cancelled: it can only say so
		return fmt.Errorf("cannot write %q: %w", key, plain(err))
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("cannot write %q: %w", key, plain(err))
	}
	return nil
}

// plain leaves out of a file's error what a store says around it, which is the
// key once more and that it knows no code.
func plain(err error) error {
	var file *os.PathError
	if errors.As(err, &file) {
		return file
	}
	return err
}

// get returns the whole object under key.
func (l *Lake) get(ctx context.Context, key string) ([]byte, error) {
	data, err := l.bucket.ReadAll(ctx, key)
	if err != nil {
		return nil, readError(key, err)
	}
	return data, nil
}

// readError gives a store's error the sentinel that callers ask for.
func readError(key string, err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fmt.Errorf("cannot read %q: %w", key, ErrNotFound)
	}
	return fmt.Errorf("cannot read %q: %w", key, err)
}

// corrupt reports what is wrong with an object.
func corrupt(key, format string, args ...any) error {
	return fmt.Errorf("cannot read %q: %w: %s", key, ErrCorrupt, fmt.Sprintf(format, args...))
}

// listTries is how often a folder is listed that changes meanwhile.
const listTries = 20

// list returns the names below a prefix, without it, in rising order. A folder
// from which a file goes while it is listed, as a temporary one does when it gets
// its name, is listed again.
func (l *Lake) list(ctx context.Context, prefix string) (names []string, err error) {
	for range listTries {
		names, err = l.listOnce(ctx, prefix)
		if gcerrors.Code(err) != gcerrors.NotFound {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot list %q: %w", prefix, plain(err))
	}
	return names, nil
}

func (l *Lake) listOnce(ctx context.Context, prefix string) (names []string, err error) {
	it := l.bucket.List(&blob.ListOptions{Prefix: prefix})
	for {
		o, err := it.Next(ctx)
		if err == io.EOF {
			slices.Sort(names)
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		names = append(names, strings.TrimPrefix(o.Key, prefix))
	}
}

// days returns the days of the given kinds that hold an object, rising.
func (l *Lake) days(ctx context.Context, id market.InstrumentID, kinds ...kind) ([]market.UnixMilli, error) {
	if err := id.Validate(); err != nil {
		return nil, err
	}
	var days []market.UnixMilli
	for _, k := range kinds {
		names, err := l.list(ctx, prefix(k, id))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if day, ok := dayOf(name); ok {
				days = append(days, day)
			}
		}
	}
	slices.Sort(days)
	return slices.Compact(days), nil
}
