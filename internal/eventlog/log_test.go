package eventlog

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"halcyon/market"
)

var (
	btc = market.InstrumentID{Venue: "binance", Symbol: "BTCUSDT"}
	// dotted has a name that would be two tokens of a subject.
	dotted = market.InstrumentID{Venue: "kraken.f", Symbol: "PF_XBT.USD"}
)

func openLog(t testing.TB, opt Options) *Log {
	t.Helper()
	l, err := Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func publish(t testing.TB, l *Log, id market.InstrumentID, messageID string, entries []Entry) Ack {
	t.Helper()
	ack, err := l.Publish(t.Context(), id, messageID, entries)
	if err != nil {
		t.Fatal(err)
	}
	return ack
}

var errEnough = errors.New("enough")

// read follows until n messages have come.
func read(t testing.TB, l *Log, id market.InstrumentID, after uint64, n int) (out []Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := l.Follow(ctx, id, after, func(m Message) error {
		if out = append(out, m); len(out) == n {
			return errEnough
		}
		return nil
	})
	if err != errEnough {
		t.Fatalf("%d of %d messages, then %v", len(out), n, err)
	}
	return out
}

func TestPublishAndFollow(t *testing.T) {
	embedded := openLog(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	// A cluster is the same code over a network.
	remote := openLog(t, Options{URL: embedded.Address()})
	for name, l := range map[string]*Log{"embedded": embedded, "url": remote} {
		t.Run(name, func(t *testing.T) {
			a, b := market.InstrumentID{Venue: "a." + market.Venue(name), Symbol: "X.1"}, market.InstrumentID{Venue: market.Venue(name), Symbol: "Y"}
			if _, ok, err := l.Last(t.Context(), a); ok || err != nil {
				t.Fatalf("a log without a message has a last one: %v", err)
			}
			var seqs []uint64
			for i := range 20 {
				seqs = append(seqs, publish(t, l, a, fmt.Sprint("a", i), someTrades(3, market.UnixMilli(i))).Seq)
				publish(t, l, b, fmt.Sprint("b", i), someTrades(1, market.UnixMilli(1000+i)))
			}
			got := read(t, l, a, 0, 20)
			for i, m := range got {
				if m.Seq != seqs[i] || m.ID != fmt.Sprint("a", i) || text(m.Entries) != text(someTrades(3, market.UnixMilli(i))) {
					t.Fatalf("message %d: %d %q %s", i, m.Seq, m.ID, text(m.Entries))
				}
			}
			// Again from the middle, as after a restart.
			if got = read(t, l, a, seqs[9], 10); got[0].Seq != seqs[10] {
				t.Fatalf("resumed at %d, want %d", got[0].Seq, seqs[10])
			}
			last, ok, err := l.Last(t.Context(), a)
			if err != nil || !ok || last.Seq != seqs[19] || last.ID != "a19" {
				t.Fatalf("last: %+v, %v, %v", last, ok, err)
			}
		})
	}
}

func TestMessageIDCountsOnce(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, Options{Dir: dir, Sync: SyncPeriodically})
	first := publish(t, l, btc, "one", someTrades(1, 1))
	if again := publish(t, l, btc, "one", someTrades(1, 1)); !again.Duplicate || again.Seq != first.Seq {
		t.Errorf("sent twice: %+v, want the first one's sequence %d and a duplicate", again, first.Seq)
	}
	// Ids are remembered through a restart.
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = openLog(t, Options{Dir: dir, Sync: SyncPeriodically})
	if again := publish(t, l, btc, "one", someTrades(1, 1)); !again.Duplicate {
		t.Errorf("sent again after a restart: %+v", again)
	}
	publish(t, l, btc, "two", someTrades(1, 2))
	if got := read(t, l, btc, 0, 2); got[0].ID != "one" || got[1].ID != "two" {
		t.Errorf("the log holds %q and %q", got[0].ID, got[1].ID)
	}
}

// Two publishers of one instrument would count everything twice.
func TestOnePublisherAnInstrument(t *testing.T) {
	l := openLog(t, Options{Dir: t.TempDir(), Listen: "127.0.0.1:0"})
	other := openLog(t, Options{URL: l.Address()})
	publish(t, l, btc, "1", someTrades(1, 1))
	publish(t, other, btc, "2", someTrades(1, 1))
	if ack, err := l.Publish(t.Context(), btc, "3", someTrades(1, 1)); !errors.Is(err, ErrInUse) {
		t.Errorf("published %+v, %v beside another publisher, want %v", ack, err, ErrInUse)
	}
	// The same message, whose answer was lost: it counts, once, however long ago.
	if ack, err := l.Publish(t.Context(), btc, "2", someTrades(1, 1)); err != nil || !ack.Duplicate {
		t.Errorf("sent again: %+v, %v", ack, err)
	}
	publish(t, l, btc, "3", someTrades(1, 1))
}

func TestFollowWaitsForMore(t *testing.T) {
	l := openLog(t, Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan string)
	var done sync.WaitGroup
	done.Go(func() {
		if err := l.Follow(ctx, dotted, 0, func(m Message) error { got <- m.ID; return nil }); err != nil {
			t.Error(err)
		}
	})
	for i := range 5 {
		publish(t, l, dotted, fmt.Sprint(i), someTrades(1, 1))
		if id := <-got; id != fmt.Sprint(i) {
			t.Errorf("got %q, want %d", id, i)
		}
	}
	cancel()
	done.Wait()
}

func TestOneFollowerAnInstrument(t *testing.T) {
	l := openLog(t, Options{Dir: t.TempDir()})
	publish(t, l, btc, "1", someTrades(1, 1))
	ended, began := make(chan error), make(chan bool, 9)
	go func() {
		ended <- l.Follow(t.Context(), btc, 0, func(Message) error { began <- true; return nil })
	}()
	<-began
	read(t, l, btc, 0, 1)
	select {
	case err := <-ended:
		if !errors.Is(err, ErrInUse) {
			t.Errorf("the first follower ended with %v, want %v", err, ErrInUse)
		}
	case <-time.After(20 * time.Second):
		t.Error("the first follower goes on")
	}
}

func TestFolderHasOneOwner(t *testing.T) {
	dir := t.TempDir()
	openLog(t, Options{Dir: dir})
	if _, err := Open(t.Context(), Options{Dir: dir}); !errors.Is(err, ErrInUse) {
		t.Errorf("opened twice: %v", err)
	}
}

func TestOldestMessagesGoFirst(t *testing.T) {
	l := openLog(t, Options{Dir: t.TempDir(), MaxBytes: 1 << 20, Sync: SyncPeriodically})
	identity := l.Identity()
	for i := range 40 {
		publish(t, l, btc, fmt.Sprint(i), someTrades(10_000, market.UnixMilli(i)))
	}
	got := read(t, l, btc, 1, 1)[0]
	if got.Seq < 3 || got.Seq > 40 || got.Prev != got.Seq-1 {
		t.Errorf("the oldest message is %d after %d: want some gone and some left", got.Seq, got.Prev)
	}
	if l.Identity() != identity {
		t.Error("the identity changed")
	}
}

func TestOptionsAreValidated(t *testing.T) {
	for want, o := range map[string]Options{
		"exactly one": {}, "none with a cluster": {URL: "nats://x", Listen: ":0"}, "a minute": {Dir: "x", MaxAge: time.Second},
		"1 MiB": {Dir: "x", MaxBytes: 5}, "remembered": {Dir: "x", Dedupe: 1}, "replicas": {Dir: "x", Replicas: 9},
	} {
		if _, err := Open(t.Context(), o); !errors.Is(err, market.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want it to say %q", o, err, want)
		}
	}
}

func BenchmarkPublish(b *testing.B) {
	for name, sync := range map[string]SyncPolicy{"always": SyncAlways, "periodically": SyncPeriodically} {
		b.Run("sync="+name, func(b *testing.B) {
			l := openLog(b, Options{Dir: b.TempDir(), Sync: sync})
			in := someTrades(40, 1)
			i := 0
			for b.Loop() {
				publish(b, l, btc, fmt.Sprint(i), in)
				i++
			}
		})
	}
}
