package hyperliquid

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/market"
)

const tradesName = "trades_BTC_20260612.jsonl"

// readAll reads a text as one format: trades gathered, other events as they are.
func readAll(name, text string, format venue.Format, opt venue.Options) (trades market.Trades, others []market.Event, r venue.Reader, err error) {
	file := venue.File{Path: name, Name: name, Head: []byte(text)}
	r, err = format.Open(file, venue.NewLineBlocks(name, strings.NewReader(text)), opt)
	for err == nil {
		var e market.Event
		if e, err = r.Next(); err != nil {
			break
		}
		if t, ok := e.(*market.Trades); ok {
			for i := range t.Len() {
				trades.Append(t.EventTime[i], t.LastPrice[i], t.Size[i], t.Taker[i])
			}
		} else {
			others = append(others, e)
		}
	}
	if err == io.EOF {
		err = nil
	}
	return trades, others, r, err
}

func formatOf(name string) venue.Format {
	for _, f := range Formats() {
		if f.Name == name {
			return f
		}
	}
	panic("no format " + name)
}

func TestTradesSideBBoughtSideASold(t *testing.T) {
	text := `{"ts":1781222399211,"px":63610.0,"sz":0.00017,"side":"B"}` + "\n" +
		`{"side": "A", "sz": 1e-05, "px": 63560.0, "ts": 1781308797928}` + "\n\n"
	trades, others, r, err := readAll(tradesName, text, formatOf("hyperliquid-trades"), venue.Options{})
	want := market.Trades{EventTime: []market.UnixMilli{1781222399211, 1781308797928}, LastPrice: []market.Price{63610, 63560},
		Size: []market.Contracts{0.00017, 1e-05}, Taker: []market.TakerSide{market.TakerBuy, market.TakerSell}}
	if err != nil || fmt.Sprint(trades) != fmt.Sprint(want) {
		t.Fatalf("got %v, %v; want %v", trades, err, want)
	}
	if len(others) != 0 {
		t.Errorf("a day without a trade between two trades is told as a gap: %v", others)
	}
	l := r.Listing()
	if l.InstrumentID.String() != "hyperliquid:BTC" || l.TickSize != 1 || l.ContractSize != 1 || len(l.Tiers) != 2 {
		t.Errorf("listing %+v", l)
	}
}

func TestTradesStepBackStartsANewBatch(t *testing.T) {
	var text strings.Builder
	for _, ts := range []int{5, 7, 6, 6, 9} {
		fmt.Fprintf(&text, `{"ts":178122239921%d,"px":63610.0,"sz":1,"side":"B"}`+"\n", ts)
	}
	r, err := openTrades(venue.File{Path: tradesName, Name: tradesName}, venue.NewLineBlocks(tradesName, strings.NewReader(text.String())), venue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for e, err := r.Next(); err == nil; e, err = r.Next() {
		sizes = append(sizes, e.(*market.Trades).Len())
	}
	if fmt.Sprint(sizes) != "[2 3]" || r.Counts().Backwards != 1 {
		t.Errorf("batches %v, want [2 3]; counts %+v", sizes, r.Counts())
	}
}

func contextRow(ts int64) string {
	return fmt.Sprintf(`{"ts":%d,"funding":3.3603e-06,"oi":31347.65858,"mark":63374.0,"oracle":63405.0}`+"\n", ts)
}

func TestContextGivesMarkOpenInterestAndFunding(t *testing.T) {
	_, events, _, err := readAll("ctx_BTC_20260611.jsonl", contextRow(1781210076985), formatOf("hyperliquid-ctx"), venue.Options{})
	want := []market.Event{
		market.MarkPrice{EventTime: 1781210076985, MarkPrice: 63374, IndexPrice: 63405},
		market.OpenInterest{EventTime: 1781210076985, Contracts: 31347.65858},
		market.FundingRate{EventTime: 1781210076985, Rate: 3.3603e-06},
	}
	if err != nil || fmt.Sprint(events) != fmt.Sprint(want) {
		t.Errorf("got %v, %v; want %v", events, err, want)
	}
}

func TestContextSilenceOver150SecondsIsAGap(t *testing.T) {
	const start = 1781210000000
	text := contextRow(start) + contextRow(start+150_000) + contextRow(start+300_001)
	for _, ordered := range []bool{false, true} {
		_, events, _, err := readAll("ctx_BTC_x.jsonl", text, formatOf("hyperliquid-ctx"), venue.Options{Ordered: ordered})
		var gaps []market.Gap
		for _, e := range events {
			if g, ok := e.(market.Gap); ok {
				gaps = append(gaps, g)
			}
		}
		if want := []market.Gap{{From: start + 150_001, To: start + 300_001, Reason: "no context recorded"}}; err != nil || fmt.Sprint(gaps) != fmt.Sprint(want) {
			t.Errorf("ordered %v: gaps %v, %v; want %v", ordered, gaps, err, want)
		}
	}
}

func TestContextFilledLaterIsNoGap(t *testing.T) {
	const start = 1781210000000
	text := contextRow(start) + contextRow(start+1_000_000)
	for i := int64(1); i < 10; i++ {
		text += contextRow(start + i*100_000)
	}
	_, events, _, err := readAll("ctx_BTC_x.jsonl", text, formatOf("hyperliquid-ctx"), venue.Options{})
	for _, e := range events {
		if g, ok := e.(market.Gap); ok {
			t.Errorf("gap %v, %v", g, err)
		}
	}
}

func TestFaults(t *testing.T) {
	row := func(s string) string {
		return `{"ts":1781222399211,"px":63610.0,"sz":0.00017,"side":"B"}` + "\n" + s + "\n"
	}
	for _, c := range []struct{ text, want string }{
		{row(`{"ts":1781222399211,"px":NaN,"sz":0.00017,"side":"B"}`), tradesName + ` row 2: px "NaN": want a number > 0`},
		{row(`{"ts":1781222399211,"px":-1,"sz":0.00017,"side":"B"}`), tradesName + ` row 2: px "-1": want a number > 0`},
		{row(`{"ts":1781222399211,"px":1,"sz":-1,"side":"B"}`), tradesName + ` row 2: sz "-1": want a number >= 0, at most 1e15`},
		{row(`{"ts":1781222399,"px":1,"sz":1,"side":"B"}`), tradesName + ` row 2: ts "1781222399": want milliseconds since 1970; this looks like seconds`},
		{row(`{"ts":1781222399211,"px":1,"sz":1,"side":"S"}`), tradesName + ` row 2: side "S": want B (the taker bought) or A (the taker sold)`},
		{row(`{"ts":1781222399211,"px":1,"sz":1}`), tradesName + ` row 2: side "{\"ts\":1781222399211,\"px\":1,\"sz\":1}": want a value for it`},
		{row(`{"ts":17812`), tradesName + ` row 2: line "{\"ts\":17812": want a JSON object on one line`},
		{row(`{"ts":1781222399211,"px":1,"sz":1,"side":"B",}`), tradesName + ` row 2: line "{\"ts\":1781222399211,\"px\":1,\"sz\":1,\"side\":\"B\",}": want a JSON object on one line`},
	} {
		_, _, _, err := readAll(tradesName, c.text, formatOf("hyperliquid-trades"), venue.Options{})
		if fault := (*venue.InputError)(nil); !errors.As(err, &fault) || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	_, _, _, err := readAll("x.jsonl", row(""), formatOf("hyperliquid-trades"), venue.Options{})
	if err == nil || !strings.Contains(err.Error(), "--symbol") {
		t.Errorf("a name without a coin: %v", err)
	}
}

// TestMarginTiers checks the venue's own example: 1.25 % at 40x.
func TestMarginTiers(t *testing.T) {
	tiers, ok := MarginTiers("BTC", tiersFrom)
	if !ok || tiers[0].MaintenanceMarginRate != 0.0125 || tiers[1].NotionalFloor != 150_000_000 || tiers[1].MaintenanceMarginRate != 0.025 {
		t.Errorf("BTC: %v", tiers)
	}
	if _, ok := MarginTiers("BTC", tiersFrom-1); ok {
		t.Error("tiers before the table was read")
	}
	for coin := range steps {
		if _, ok := MarginTiers(coin, tiersFrom); !ok {
			t.Errorf("%s: no tiers", coin)
		}
	}
}

func FuzzFormats(f *testing.F) {
	f.Add([]byte(`{"ts":1781222399211,"px":63610.0,"sz":0.00017,"side":"B"}` + "\n" + `{"ts":1781222399210,"px":6,"sz":1e-05,"side":"A"}`))
	f.Add([]byte(contextRow(1781210000000) + contextRow(1781219000000)))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, format := range Formats() {
			format.Detect(venue.File{Path: tradesName, Name: tradesName, Head: text})
			for _, ordered := range []bool{false, true} {
				trades, others, _, _ := readAll(tradesName, string(text), format, venue.Options{Ordered: ordered})
				for i := range trades.Len() {
					if !market.ValidPrice(trades.LastPrice[i]) || !(trades.Size[i] > 0) {
						t.Fatalf("trade of %v at %v", trades.Size[i], trades.LastPrice[i])
					}
				}
				for _, e := range others {
					if g, ok := e.(market.Gap); ok && g.From >= g.To {
						t.Fatalf("gap %+v", g)
					}
				}
			}
		}
	})
}

func BenchmarkTrades(b *testing.B) {
	var text strings.Builder
	for i := range 200_000 {
		fmt.Fprintf(&text, `{"ts":%d,"px":%d.0,"sz":0.%05d,"side":"%c"}`+"\n", 1781222399211+i*230, 63000+i%700, 1+i%9999, "AB"[i%2])
	}
	b.SetBytes(int64(text.Len()))
	rows := 0
	for b.Loop() {
		r, err := openTrades(venue.File{Path: tradesName, Name: tradesName}, venue.NewLineBlocks(tradesName, strings.NewReader(text.String())), venue.Options{})
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
		rows += int(r.Counts().Rows)
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
