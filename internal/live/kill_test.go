package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/internal/eventlog"
	"halcyon/internal/lake"
	"halcyon/market"
)

// childDir, where set, makes the test binary the program that gets killed;
// killsVar says how often, instead of 20 times.
const (
	childDir = "HALCYON_LIVE_CHILD"
	killsVar = "HALCYON_KILLS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		err := child(ctx, dir)
		cancel()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// killed are the markets that the child runs.
func killed() (ids []market.InstrumentID, markets map[market.InstrumentID][]arrival) {
	markets = map[market.InstrumentID][]arrival{}
	for i, symbol := range []string{"BTC", "ETH", "SOL"} {
		id := listingOf(symbol).InstrumentID
		ids, markets[id] = append(ids, id), walk(100+uint64(i), 9_000)
	}
	return ids, markets
}

// child runs the markets from where the log ends to their end.
func child(ctx context.Context, dir string) error {
	h, err := openHouse(ctx, dir)
	if err != nil {
		return err
	}
	ids, markets := killed()
	feed := &scripted{events: markets, from: map[market.InstrumentID]int{}, pause: 2 * time.Millisecond, end: true}
	r, err := New(h.options())
	if err != nil {
		return err
	}
	for _, id := range ids {
		if feed.from[id], err = logged(ctx, h.log, id); err != nil {
			return err
		}
		if err := r.Start(ctx, listingOf(id.Symbol)); err != nil {
			return err
		}
	}
	if err := r.Attach(ctx, feed, ids); err != nil {
		return err
	}
	if err := h.settled(ctx, r); err != nil {
		return err
	}
	r.Close()
	return h.close()
}

// logged returns how many events of the feed are in the log.
func logged(ctx context.Context, log *eventlog.Log, id market.InstrumentID) (n int, err error) {
	last, ok, err := log.Last(ctx, id)
	if err != nil || !ok {
		return 0, err
	}
	done := errors.New("done")
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	err = log.Follow(ctx, id, 0, func(m eventlog.Message) error {
		for _, x := range m.Entries {
			if _, beat := x.Event.(eventlog.Heartbeat); !beat {
				n++
			}
		}
		if m.Seq == last.Seq {
			return done
		}
		return nil
	})
	if err != done {
		return n, fmt.Errorf("followed %d messages to %d of %v: %w", n, last.Seq, id, cmp.Or(err, ctx.Err()))
	}
	return n, nil
}

// Killed at any moment, again and again, the program ends with the events and
// the days of one that was left alone: nothing lost, nothing counted twice.
func TestKilledAtAnyMoment(t *testing.T) {
	kills := 20
	if s := os.Getenv(killsVar); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(uint64(kills), 1))
	start := func() (*exec.Cmd, *strings.Builder) {
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), childDir+"="+dir)
		var stderr strings.Builder
		c.Stderr = &stderr
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		return c, &stderr
	}
	under := 0
	for range kills {
		c, stderr := start()
		time.Sleep(time.Duration(40+r.IntN(300)) * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		// What had come to its end by then was not killed.
		if err := c.Wait(); err != nil {
			under++
		}
		if stderr.Len() > 0 {
			t.Fatal(stderr.String())
		}
	}
	c, stderr := start()
	if err := c.Wait(); err != nil {
		t.Fatalf("%v: %s", err, stderr)
	}
	if under < kills/2 {
		t.Errorf("killed under load %d times of %d: the load is too short", under, kills)
	}
	_, markets := killed()
	h, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for id, all := range markets {
		if n, err := logged(t.Context(), h.log, id); err != nil || n != len(all) {
			t.Errorf("the log holds %d events of %v, %v: want %d", n, id, err, len(all))
		}
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
	check(t, dir, markets)
}

// torn is a lake that stops in the middle of the first writing of events: of a
// day's it takes the trades, and nothing after them.
type torn struct {
	*lake.Lake
	once sync.Once
	at   chan struct{}
}

var errTorn = errors.New("torn")

func (s *torn) Merge(ctx context.Context, id market.InstrumentID, day market.UnixMilli, set *market.EventSet) (bool, error) {
	s.once.Do(func() {
		_, _ = s.Lake.Merge(ctx, id, day, &market.EventSet{Trades: set.Trades})
		close(s.at)
	})
	return true, errTorn
}

// Killed between two kinds of events of the very first save, before there is a
// checkpoint of it, the program draws the same days.
func TestKilledInTheFirstSave(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	id := listingOf("BTC").InstrumentID
	all := walk(5, 6_000)
	half := len(all) / 2
	begin := func(store Store, h *house, feed *scripted) *Runner {
		opt := h.options()
		opt.Store = store
		return begun(t, opt, feed)
	}
	first, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	store := &torn{Lake: first.lake, at: make(chan struct{})}
	r := begin(store, first, &scripted{events: map[market.InstrumentID][]arrival{id: all[:half]}})
	<-store.at
	r.Close()
	if err := first.close(); err != nil {
		t.Fatal(err)
	}
	second, err := openHouse(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	from, err := logged(t.Context(), second.log, id)
	if err != nil || from == 0 {
		t.Fatalf("%d events were logged, %v", from, err)
	}
	markets := map[market.InstrumentID][]arrival{id: all}
	r = begin(second.lake, second, &scripted{events: markets, from: map[market.InstrumentID]int{id: from}, end: true})
	if err := second.settled(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if err := second.close(); err != nil {
		t.Fatal(err)
	}
	check(t, dir, markets)
}
