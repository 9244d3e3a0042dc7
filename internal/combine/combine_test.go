package combine

import (
	"math"
	"testing"

	"halcyon/heatmap"
	"halcyon/market"
)

func instrument(venue market.Venue, symbol, coin string, s market.Settlement, size float64) market.Listing {
	return market.Listing{
		Instrument: market.Instrument{
			InstrumentID: market.InstrumentID{Venue: venue, Symbol: symbol}, Coin: coin, Quote: "USD", Settlement: s, ContractSize: size, TickSize: .1,
		},
		Provenance: market.Live,
	}
}

var listings = []market.Listing{
	instrument("binance", "BTCUSD_PERP", "BTC", market.Inverse, 100),
	instrument("binance", "BTCUSDT", "BTC", market.Linear, 1),
	instrument("hyperliquid", "BTC", "BTC", market.Linear, 1),
	instrument("hyperliquid", "ETH", "ETH", market.Linear, 1),
	instrument("okx", "BTC-USDT-SWAP", "BTC", market.Linear, .01),
	instrument("somewhere", "XBT", "BTC", market.Linear, 1),
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		venue, symbol string
		// want is the venue that the combination is called by; empty for none.
		want  string
		parts []string
	}{
		{"all", "BTC", "all", []string{"binance:BTCUSDT", "okx:BTC-USDT-SWAP", "hyperliquid:BTC", "somewhere:XBT", "binance:BTCUSD_PERP"}},
		{"okx+binance", "BTC", "binance+okx", []string{"binance:BTCUSDT", "okx:BTC-USDT-SWAP", "binance:BTCUSD_PERP"}},
		{"okx binance", "BTC", "binance+okx", []string{"binance:BTCUSDT", "okx:BTC-USDT-SWAP", "binance:BTCUSD_PERP"}},
		{"binance+okx+okx", "BTC", "binance+okx", []string{"binance:BTCUSDT", "okx:BTC-USDT-SWAP", "binance:BTCUSD_PERP"}},
		{"binance", "BTC", "binance", []string{"binance:BTCUSDT", "binance:BTCUSD_PERP"}},
		{"all.z", "BTC", "all.z", []string{"binance:BTCUSDT", "okx:BTC-USDT-SWAP", "hyperliquid:BTC", "somewhere:XBT", "binance:BTCUSD_PERP"}},
		{"all", "ETH", "all", []string{"hyperliquid:ETH"}},
		{"all+okx", "BTC", "", nil},
		{"okx+nowhere", "BTC", "", nil},
		{"okx", "ETH", "", nil},
		{"all", "SOL", "", nil},
		{"", "BTC", "", nil},
		{"+", "BTC", "", nil},
	} {
		got, ok := Find(listings, market.InstrumentID{Venue: market.Venue(c.venue), Symbol: c.symbol})
		if ok != (c.want != "") {
			t.Errorf("Find %s:%s: found %v", c.venue, c.symbol, ok)
			continue
		}
		if string(got.Venue) != c.want {
			t.Errorf("Find %s:%s is called %q, want %q", c.venue, c.symbol, got.Venue, c.want)
		}
		if len(got.Parts) != len(c.parts) {
			t.Errorf("Find %s:%s has %d parts, want %v", c.venue, c.symbol, len(got.Parts), c.parts)
			continue
		}
		for i, p := range got.Parts {
			if p.InstrumentID.String() != c.parts[i] {
				t.Errorf("Find %s:%s: part %d is %v, want %s", c.venue, c.symbol, i, p.InstrumentID, c.parts[i])
			}
		}
	}
	if all := List(listings); len(all) != 1 || all[0].Symbol != "BTC" || all[0].ContractSize != 1 || all[0].Settlement != market.Linear {
		t.Errorf("combinations %+v, want BTC alone, of coins: one venue needs no sum", all)
	}
}

func TestSimulatedAndRealAreNeverAddedUp(t *testing.T) {
	simulated := instrument("sim", "BTC", "BTC", market.Linear, 1)
	simulated.Provenance = market.Simulated
	recorded := listings[2]
	recorded.Provenance = market.Recorded
	mixed := []market.Listing{simulated, recorded, listings[1]}
	c, ok := Find(mixed, market.InstrumentID{Venue: All, Symbol: "BTC"})
	if !ok || len(c.Parts) != 2 || c.Provenance != market.Recorded {
		t.Errorf("combination of %v is %s, want the two real ones, RECORDED", c.Parts, c.Provenance)
	}
	other := simulated
	other.Venue = "sim2"
	c, ok = Find([]market.Listing{simulated, other}, market.InstrumentID{Venue: All, Symbol: "BTC"})
	if !ok || len(c.Parts) != 2 || c.Provenance != market.Simulated {
		t.Errorf("simulated venues alone: %v, %s", c.Parts, c.Provenance)
	}
}

func TestSpanWaitsForWhoIsUp(t *testing.T) {
	const m = market.Minute
	for name, c := range map[string]struct {
		parts []Span
		want  Span
		ok    bool
	}{
		"together":       {[]Span{{10 * m, 100 * m}, {20 * m, 100 * m}}, Span{10 * m, 100 * m}, true},
		"a minute late":  {[]Span{{10 * m, 100 * m}, {20 * m, 99 * m}}, Span{10 * m, 99 * m}, true},
		"just waited":    {[]Span{{10 * m, 100 * m}, {20 * m, 100*m - Patience}}, Span{10 * m, 100*m - Patience}, true},
		"gone":           {[]Span{{10 * m, 100 * m}, {20 * m, 100*m - Patience - 1}}, Span{10 * m, 100 * m}, true},
		"one has no map": {[]Span{{}, {20 * m, 90 * m}}, Span{20 * m, 90 * m}, true},
		"nobody has one": {[]Span{{}, {}}, Span{}, false},
	} {
		if got, ok := SpanOf(c.parts); got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %v, want %+v, %v", name, got, ok, c.want, c.ok)
		}
	}
}

// Two instruments of one coin, one of them inverse: what is counted in
// contracts comes out in coins, amounts of USD add up, prices are the
// reference's.
func TestColumns(t *testing.T) {
	const width = heatmap.BaseBucket
	linear, inverse := listings[4], listings[0] // 0.01 BTC and 100 USD a contract
	column := func(b market.BucketIndex, price market.Price, volume, open market.Contracts) heatmap.Column {
		return heatmap.Column{Bucket: b, Open: price, High: price + 1, Low: price - 1, Close: price, Price: price,
			Volume: volume, TakerBuy: volume / 2, OpenInterest: open,
			Swept: [2]market.Notional{10, 20}, Liquidated: [2]market.Notional{1, 2}, Placed: [2]market.Ratio{.5, .25}}
	}
	at := func(b market.BucketIndex) market.UnixMilli { return b.Start(width) }
	parts := []Part{
		{linear, Span{at(100), at(103)}, []heatmap.Column{column(100, 50_000, 100, 1000), column(101, 50_100, 100, 1000), column(102, 50_200, 100, 1000)}},
		{inverse, Span{at(101), at(105)}, []heatmap.Column{column(101, 50_050, 1001, 50_050), {Bucket: 102, Price: 50_080, OpenInterest: 50_080, Flags: heatmap.FlagNoMark}, column(103, 50_000, 500, 50_000), column(104, 50_000, 500, 50_000)}},
	}
	got := Columns(0, parts, at(104))
	if len(got) != 4 {
		t.Fatalf("%d columns, want 4: the fifth is not closed", len(got))
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	// Only the linear one has begun.
	near("open interest before the other begins", float64(got[0].OpenInterest), 10)
	if got[0].Flags != 0 {
		t.Errorf("flags %v before the other begins: it is not missing", got[0].Flags)
	}
	// Both: 1,001 contracts of 100 USD at 50,050 are two coins.
	near("volume", float64(got[1].Volume), 1+2)
	near("taker buy", float64(got[1].TakerBuy), .5+1)
	near("open interest", float64(got[1].OpenInterest), 10+100)
	near("swept", float64(got[1].Swept[market.Short]), 40)
	near("liquidated", float64(got[1].Liquidated[market.Long]), 2)
	near("placed", float64(got[1].Placed[market.Short]), .25)
	if got[1].Close != 50_100 || got[1].High != 50_101 || got[1].Price != 50_100 {
		t.Errorf("candle %+v, want the reference's", got[1])
	}
	// One did not trade.
	near("volume of one", float64(got[2].Volume), 1)
	if got[2].Flags != heatmap.FlagNoMark {
		t.Errorf("flags %v, want the parts' united", got[2].Flags)
	}
	// The reference has gone: its stock stands, its trade does not, the next is the reference.
	near("open interest without the reference", float64(got[3].OpenInterest), 10+100)
	near("volume without the reference", float64(got[3].Volume), 1)
	if got[3].Flags&heatmap.FlagGap == 0 || got[3].Close != 50_000 {
		t.Errorf("column without the reference: flags %v, close %v", got[3].Flags, got[3].Close)
	}
	// A day after its end an instrument is taken for ended.
	late := at(103) + market.Day
	over := Columns(0, []Part{
		{linear, parts[0].Span, nil},
		{inverse, Span{at(101), late + market.Hour}, []heatmap.Column{column(late.Bucket(width)-1, 1, 1, 1), column(late.Bucket(width), 1, 1, 1)}},
	}, late+market.Hour)
	if over[0].Flags&heatmap.FlagGap == 0 || over[1].Flags&heatmap.FlagGap != 0 {
		t.Errorf("flags %v and %v, want a gap up to a day after the end and no longer", over[0].Flags, over[1].Flags)
	}
}
