package lake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"halcyon/market"
)

var (
	btc    = market.InstrumentID{Venue: "sim", Symbol: "BTC"}
	aDay   = market.UnixMilli(1_781_222_400_000).Floor(market.Day) // 2026-06-12
	noTime = context.Background()
)

// openTest opens an empty lake in memory.
func openTest(t testing.TB) *Lake {
	t.Helper()
	l, err := Open(noTime, "mem://")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// someEvents has at least two events of every kind.
func someEvents() *market.EventSet {
	s := &market.EventSet{
		OpenInterest: []market.OpenInterest{{EventTime: aDay, Contracts: 100}, {EventTime: aDay + 60_000, Contracts: 101.5}},
		MarkPrices:   []market.MarkPrice{{EventTime: aDay, MarkPrice: 60_000}, {EventTime: aDay + 5, MarkPrice: 60_001.5, IndexPrice: 60_002}},
		FundingRates: []market.FundingRate{{EventTime: aDay, Rate: 0.0001}, {EventTime: aDay + market.Hour, Rate: -0.0002}},
		Liquidations: []market.Liquidation{
			{EventTime: aDay + 7, Side: market.Short, Size: 0.25, AvgFillPrice: 60_100},
			{EventTime: aDay + 9, Side: market.Long, Size: 3, AvgFillPrice: 59_000, BankruptcyPrice: 58_900},
		},
		Candles: []market.Candle{
			{OpenTime: aDay, CloseTime: aDay + market.Minute, Open: 1, High: 3, Low: 0.5, Close: 2, Volume: 10, TakerBuyVolume: -1},
			{OpenTime: aDay + market.Minute, CloseTime: aDay + 2*market.Minute, Open: 2, High: 2, Low: 2, Close: 2, Volume: 1, TakerBuyVolume: 1},
		},
		Gaps: []market.Gap{{From: aDay - market.Hour, To: aDay + 1, Reason: "reconnect"}, {From: aDay + 10, To: aDay + 20, Reason: ""}},
		Lapses: []market.Lapse{
			{From: aDay, To: aDay + market.Hour, Stream: market.StreamLiquidations, Reason: "connection lost"},
			{From: aDay, To: aDay + 2*market.Day, Stream: market.StreamOpenInterest},
		},
	}
	for i := range 5000 {
		s.Trades.Append(aDay+market.UnixMilli(i)*17_000, market.Price(60_000+i%7), market.Contracts(i%11)*0.001+0.001, market.TakerSide(i/3%2))
	}
	return s
}

func TestEventsRoundTrip(t *testing.T) {
	l := openTest(t)
	want := someEvents()
	changed, err := l.Merge(noTime, btc, aDay, want)
	if err != nil || !changed {
		t.Fatalf("first merge: changed %v, error %v", changed, err)
	}
	got, err := l.Events(noTime, btc, aDay)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatal("events differ after a round trip")
	}
	if changed, err = l.Merge(noTime, btc, aDay, want); err != nil || changed {
		t.Fatalf("second merge of the same: changed %v, error %v", changed, err)
	}
	var scanned market.Trades
	err = l.ScanTrades(noTime, btc, aDay, func(b *market.Trades) error {
		for i := range b.Len() {
			scanned.Append(b.EventTime[i], b.LastPrice[i], b.Size[i], b.Taker[i])
		}
		return nil
	})
	if err != nil || !reflect.DeepEqual(scanned, want.Trades) {
		t.Fatalf("scanned trades differ (error %v)", err)
	}
	days, err := l.Days(noTime, btc)
	if err != nil || !reflect.DeepEqual(days, []market.UnixMilli{aDay}) {
		t.Fatalf("days %v, error %v", days, err)
	}
}

func TestMergeRefusesEventsOfAnotherDay(t *testing.T) {
	for name, break_ := range map[string]func(*market.EventSet){
		"trade":        func(s *market.EventSet) { s.Trades.EventTime[0] = aDay - 1 },
		"last trade":   func(s *market.EventSet) { s.Trades.EventTime[s.Trades.Len()-1] = aDay + market.Day },
		"mark":         func(s *market.EventSet) { s.MarkPrices[0].EventTime = aDay - 1 },
		"candle close": func(s *market.EventSet) { s.Candles[0].CloseTime = aDay + market.Day + 1 },
		"gap end":      func(s *market.EventSet) { s.Gaps[0].To = aDay },
		"lapse start":  func(s *market.EventSet) { s.Lapses[0].From = aDay - 1 },
	} {
		t.Run(name, func(t *testing.T) {
			l := openTest(t)
			set := someEvents()
			break_(set)
			if _, err := l.Merge(noTime, btc, aDay, set); !errors.Is(err, market.ErrInvalid) {
				t.Fatalf("error %v, want ErrInvalid", err)
			}
			if days, err := l.Days(noTime, btc); err != nil || len(days) != 0 {
				t.Fatalf("something was written: %v %v", days, err)
			}
		})
	}
}

func TestMergeRefusesBadKeys(t *testing.T) {
	l := openTest(t)
	if _, err := l.Merge(noTime, btc, aDay+1, someEvents()); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("a day off midnight: %v", err)
	}
	if _, err := l.Merge(noTime, market.InstrumentID{Venue: "sim", Symbol: "../x"}, aDay, someEvents()); !errors.Is(err, market.ErrInvalid) {
		t.Errorf("a path as symbol: %v", err)
	}
}

func aListing(venue market.Venue, symbol string) market.Listing {
	tiers, err := market.NewMarginTiers([]market.MarginTier{
		{MaxLeverage: 125, MaintenanceMarginRate: 0.004},
		{NotionalFloor: 300_000, MaxLeverage: 100, MaintenanceMarginRate: 0.005},
	})
	if err != nil {
		panic(err)
	}
	return market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: venue, Symbol: symbol}, Coin: "BTC", Quote: "USD",
			Settlement: market.Inverse, ContractSize: 100, TickSize: 0.5,
		},
		Provenance: market.Simulated, Tiers: tiers, TiersFrom: 1764892800000, TiersSource: "a table",
	}
}

func TestListings(t *testing.T) {
	l := openTest(t)
	if _, err := l.Listing(noTime, btc); !errors.Is(err, ErrNotFound) {
		t.Fatalf("unknown instrument: %v, want ErrNotFound", err)
	}
	want := []market.Listing{aListing("a", "Z"), aListing("b", "A"), aListing("b", "B-1.x_y")}
	for _, i := range []int{2, 0, 1} {
		if err := l.PutListing(noTime, want[i]); err != nil {
			t.Fatal(err)
		}
	}
	got, err := l.Listings(noTime)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("listings %v, error %v", got, err)
	}
	if limit := got[0].Tiers[1].NotionalCap; !math.IsInf(float64(limit), 1) {
		t.Fatalf("last cap %v, want +Inf", limit)
	}
}

func TestCheckpoint(t *testing.T) {
	l := openTest(t)
	if _, err := l.Checkpoint(noTime, btc); !errors.Is(err, ErrNotFound) {
		t.Fatalf("no checkpoint: %v, want ErrNotFound", err)
	}
	for _, want := range []string{"", "state", "a longer state"} {
		if err := l.PutCheckpoint(noTime, btc, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := l.Checkpoint(noTime, btc); err != nil || string(got) != want {
			t.Fatalf("checkpoint %q, error %v, want %q", got, err, want)
		}
	}
}

func TestOpenLocations(t *testing.T) {
	dir := t.TempDir() + "/deep/lake"
	for _, location := range []string{dir, "file://" + dir} {
		l, err := Open(noTime, location)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Merge(noTime, btc, aDay, someEvents()); err != nil {
			t.Fatal(err)
		}
		if days, err := l.Days(noTime, btc); err != nil || len(days) != 1 {
			t.Fatalf("%s: days %v, error %v", location, days, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for _, location := range []string{"", "nosuch://x"} {
		if _, err := Open(noTime, location); err == nil {
			t.Errorf("location %q opened", location)
		}
	}
}

func TestFingerprintFollowsContent(t *testing.T) {
	a, b := openTest(t), openTest(t)
	print := func(l *Lake) string {
		f, err := l.Fingerprint(noTime, btc, aDay)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	empty := print(a)
	set := someEvents()
	if err := errors.Join(merge(a, set), merge(b, set)); err != nil {
		t.Fatal(err)
	}
	full := print(a)
	if full == empty || full != print(b) {
		t.Fatal("equal days must have equal fingerprints, and an empty one another")
	}
	set.MarkPrices[1].IndexPrice++
	if err := merge(a, set); err != nil {
		t.Fatal(err)
	}
	if print(a) == full {
		t.Fatal("a changed mark price left the fingerprint as it was")
	}
}

// Listing a folder while files are written into it finds them, and does not
// stumble over a temporary file that gets its name meanwhile.
func TestListingWhileFilesAreWritten(t *testing.T) {
	l, _ := openFolder(t)
	done := make(chan error, 1)
	go func() {
		var err error
		for i := range 300 {
			err = errors.Join(err, l.PutListing(noTime, aListing("sim", fmt.Sprint("C", i%7))))
		}
		done <- err
	}()
	for {
		if _, err := l.list(noTime, string("kind="+kindInstrument)); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			if names, e := l.list(noTime, string("kind="+kindInstrument)); err != nil || e != nil || len(names) != 7 {
				t.Fatalf("names %v, errors %v and %v", names, err, e)
			}
			return
		default:
		}
	}
}
