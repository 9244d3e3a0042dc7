//go:build linux

package lake

import (
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

// diskFull makes the system refuse files beyond a size while f runs: a write
// fails halfway, as on a full disk.
func diskFull(t *testing.T, limit int, f func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ)
	defer signal.Reset(syscall.SIGXFSZ)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Skipf("cannot limit file sizes here: %v", err)
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(limit), Max: old.Max}); err != nil {
		t.Skipf("cannot limit file sizes here: %v", err)
	}
	defer func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
	}()
	f()
}

// When writing fails halfway, all that was stored is as it was, nothing half
// written is left behind, and the same call succeeds once there is room.
//
// It runs in a process of its own, because the limit strikes the testing
// package's own log as well.
func TestDiskFull(t *testing.T) {
	const child = "HALCYON_TEST_DISK_FULL"
	if os.Getenv(child) == "" {
		c := exec.Command(os.Args[0], "-test.run=^TestDiskFull$")
		c.Env = append(os.Environ(), child+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	more := someEvents()
	for i := range 20_000 {
		more.Trades.Append(aDay+market.UnixMilli(i)*4000+1, market.Price(i+1), 1, market.TakerBuy)
	}
	columns := smallMap()
	for i := range 1439 { // columns larger than levels: the second object fails
		columns.Levels[0].Columns = append(columns.Levels[0].Columns, heatmap.Column{
			Bucket: aDay.Bucket(market.Minute) + market.BucketIndex(i+1), Volume: market.Contracts(i) / 7, Scales: make([]heatmap.Scales, 2)})
	}
	for name, write := range map[string]func(*Lake) error{
		"merge":          func(l *Lake) error { return merge(l, more) },
		"map":            func(l *Lake) error { return l.PutMap(noTime, btc, benchMap()) },
		"map's columns":  func(l *Lake) error { return l.PutMap(noTime, btc, columns) },
		"put listing":    func(l *Lake) error { m := aListing("sim", "BTC"); m.Coin = "ETH"; return l.PutListing(noTime, m) },
		"put checkpoint": func(l *Lake) error { return l.PutCheckpoint(noTime, btc, make([]byte, 100_000)) },
	} {
		t.Run(name, func(t *testing.T) {
			l, dir := openFolder(t)
			for _, err := range []error{merge(l, someEvents()), l.PutMap(noTime, btc, smallMap()),
				l.PutListing(noTime, aListing("sim", "BTC")), l.PutCheckpoint(noTime, btc, []byte("state"))} {
				if err != nil {
					t.Fatal(err)
				}
			}
			want, err := readAll(noTime, l)
			if err != nil {
				t.Fatal(err)
			}
			for _, limit := range []int{0, 100, 9000} {
				var failed error
				diskFull(t, limit, func() { failed = write(l) })
				if failed == nil {
					if limit < 9000 {
						t.Fatalf("limit %d: no error", limit)
					}
					continue
				}
				if got, err := readAll(noTime, l); err != nil || !reflect.DeepEqual(got, want) {
					t.Fatalf("limit %d: what was good before is not: %v", limit, err)
				}
				noTemporaries(t, dir)
			}
			if err := write(l); err != nil {
				t.Fatal(err)
			}
			if got, err := readAll(noTime, l); err != nil || reflect.DeepEqual(got, want) {
				t.Fatalf("with room again nothing changed, or error %v", err)
			}
		})
	}
}

func noTemporaries(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			t.Fatalf("left behind: %s", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
