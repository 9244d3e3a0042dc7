package eventlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"halcyon/market"
)

// childDir, where set, makes the test binary the publisher that gets killed.
const childDir = "HALCYON_EVENTLOG_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		fmt.Fprintln(os.Stderr, publishForEver(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// publishForEver publishes messages 0, 1, 2 … and notes each acknowledgement
// in a file. After a restart it sends the last few again, as a publisher does
// that does not know what became of them.
func publishForEver(dir string) error {
	ctx := context.Background()
	l, err := Open(ctx, Options{Dir: filepath.Join(dir, "log")})
	if err != nil {
		return err
	}
	acked, err := os.OpenFile(filepath.Join(dir, "acked"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	next := 0
	if last, ok, err := l.Last(ctx, btc); err != nil {
		return err
	} else if ok {
		if next, err = strconv.Atoi(last.ID); err != nil {
			return err
		}
		next = max(0, next-3)
	}
	for ; ; next++ {
		if _, err := l.Publish(ctx, btc, strconv.Itoa(next), someTrades(1+next%50, market.UnixMilli(next))); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(acked, next); err != nil {
			return err
		}
	}
}

// What is acknowledged survives kill -9 and is there once, whatever the
// publisher sends again.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childDir+"="+dir)
		var stderr strings.Builder
		child.Stderr = &stderr
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(60+r.IntN(250)) * time.Millisecond)
		if err := child.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = child.Wait() // killed
		if stderr.Len() > 0 {
			t.Fatal(stderr.String())
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "acked"))
	if err != nil {
		t.Fatal(err)
	}
	most := -1
	for line := range strings.Lines(string(text)) {
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			most = max(most, n)
		}
	}
	if most < 20 {
		t.Fatalf("only %d messages were acknowledged", most+1)
	}
	l := openLog(t, Options{Dir: filepath.Join(dir, "log")})
	for i, m := range read(t, l, btc, 0, most+1) {
		if m.ID != strconv.Itoa(i) {
			t.Fatalf("message %d is %q: want each once and in order", i, m.ID)
		}
	}
}
