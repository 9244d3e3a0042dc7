package replay

import (
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"halcyon/heatmap"
	"halcyon/internal/lake"
	"halcyon/market"
)

const firstDay = 20_000 * market.Day

var listing = market.Listing{
	Instrument: market.Instrument{
		InstrumentID: market.InstrumentID{Venue: "test", Symbol: "BTC"}, Coin: "BTC", Quote: "USD", ContractSize: 1, TickSize: 0.1,
	},
	Provenance: market.Recorded,
}

// walk is days of a random walk, a trade every twenty seconds.
func walk(days int) []*market.EventSet {
	r := rand.New(rand.NewPCG(9, 9))
	price := 60_000.0
	var out []*market.EventSet
	for d := range days {
		set := &market.EventSet{}
		for s := market.UnixMilli(0); s < market.Day; s += 20 * market.Second {
			at := firstDay + market.UnixMilli(d)*market.Day + s
			price *= math.Exp(r.NormFloat64() * 0.0005)
			set.Trades.Append(at, market.Price(price), market.Contracts(r.Float64()), market.TakerSide(r.IntN(2)))
			if s%(5*market.Minute) == 0 {
				set.OpenInterest = append(set.OpenInterest, market.OpenInterest{EventTime: at, Contracts: market.Contracts(30_000 + 500*r.Float64())})
			}
		}
		out = append(out, set)
	}
	return out
}

// store is a lake that can be told to fail after some maps.
type store struct {
	*lake.Lake
	putsLeft int
	puts     int
}

var errStopped = errors.New("stopped by the test")

func (s *store) PutMap(ctx context.Context, id market.InstrumentID, d *heatmap.Day) error {
	if s.putsLeft == 0 {
		return errStopped
	}
	s.putsLeft--
	s.puts++
	return s.Lake.PutMap(ctx, id, d)
}

func open(t *testing.T, days []*market.EventSet) *store {
	t.Helper()
	l, err := lake.Open(context.Background(), "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	s := &store{Lake: l, putsLeft: -1}
	s.add(t, days)
	return s
}

func (s *store) add(t *testing.T, days []*market.EventSet) {
	t.Helper()
	for _, set := range days {
		if _, err := s.Merge(context.Background(), listing.InstrumentID, set.Trades.EventTime[0].Floor(market.Day), set); err != nil {
			t.Fatal(err)
		}
	}
}

func (s *store) run(t *testing.T) Report {
	t.Helper()
	r, err := Run(context.Background(), s, listing, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// maps is all stored maps as bytes.
func (s *store) maps(t *testing.T) []byte {
	t.Helper()
	ctx := context.Background()
	days, err := s.MapDays(ctx, listing.InstrumentID)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	enc := gob.NewEncoder(&buf)
	for _, day := range days {
		d, err := s.Map(ctx, listing.InstrumentID, day)
		if err != nil {
			t.Fatal(err)
		}
		if err := enc.Encode(d); err != nil {
			t.Fatal(err)
		}
	}
	return buf.Bytes()
}

// A replay that was stopped after any number of days and run again draws what
// an undisturbed one draws.
func TestStoppedAnywhereGoesOnTheSame(t *testing.T) {
	days := walk(4)
	whole := open(t, days)
	whole.run(t)
	want := whole.maps(t)
	for stop := range 4 {
		s := open(t, days)
		s.putsLeft = stop
		if _, err := Run(context.Background(), s, listing, Options{}); !errors.Is(err, errStopped) {
			t.Fatalf("stopped after %d days: %v", stop, err)
		}
		s.putsLeft = -1
		s.run(t)
		if !bytes.Equal(s.maps(t), want) {
			t.Errorf("stopped after %d days, the maps differ", stop)
		}
	}
}

// What is up to date costs nothing; new days are added to what is there; a day
// that changed is drawn anew with all after it.
func TestReplayDoesOnlyWhatIsNew(t *testing.T) {
	days := walk(4)
	s := open(t, days[:3])
	if r := s.run(t); r.Replayed != 3 {
		t.Errorf("first run drew %d days, want 3", r.Replayed)
	}
	s.puts = 0
	if r := s.run(t); r.Replayed != 0 || s.puts != 0 {
		t.Errorf("second run drew %d days and stored %d", r.Replayed, s.puts)
	}
	s.add(t, days[3:])
	if r := s.run(t); r.Replayed != 2 {
		t.Errorf("with one new day %d were drawn, want it and the one before, which was the newest", r.Replayed)
	}
	whole := open(t, days)
	whole.run(t)
	if !bytes.Equal(s.maps(t), whole.maps(t)) {
		t.Error("grown day by day, the maps differ")
	}
	late := &market.EventSet{}
	late.Trades.Append(firstDay+market.Hour+1, 60_000, 50, market.TakerBuy)
	s.add(t, []*market.EventSet{late})
	if r := s.run(t); r.Replayed != 4 {
		t.Errorf("after the first day changed %d days were drawn, want all 4", r.Replayed)
	}
	if bytes.Equal(s.maps(t), whole.maps(t)) {
		t.Error("a late trade changed no map")
	}
}

// A checkpoint that cannot be read is no reason to stop: the events are there.
func TestDamagedCheckpointStartsAnew(t *testing.T) {
	s := open(t, walk(2))
	s.run(t)
	want := s.maps(t)
	if err := s.PutCheckpoint(context.Background(), listing.InstrumentID, []byte("nonsense")); err != nil {
		t.Fatal(err)
	}
	if r := s.run(t); r.Replayed != 2 || !bytes.Equal(s.maps(t), want) {
		t.Errorf("drew %d days", r.Replayed)
	}
}
