package binance

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"halcyon/internal/venue"
	"halcyon/internal/venue/binance/binancetest"
	"halcyon/market"
)

const aggName = "BTCUSDT-aggTrades-2026-05-11.csv"

// agg writes rows of aggTrades from (id, price, quantity, ms after midnight, maker).
func agg(header bool, rows ...string) string {
	var b strings.Builder
	if header {
		b.WriteString(aggHeader + "\n")
	}
	for _, r := range rows {
		f := strings.Fields(r)
		fmt.Fprintf(&b, "%s,%s,%s,6010000000,6010000001,%s,%s\n", f[0], f[1], f[2], f[3], f[4])
	}
	return b.String()
}

func TestAggTradesBeforeAndAfterTheHeaderCame(t *testing.T) {
	rows := []string{"2701000001 95000.1 0.015 1778518167413 true", "2701000002 95000 2 1778518167414 false"}
	for _, header := range []bool{true, false} {
		set, r := mustRead(t, aggName, agg(header, rows...), "binance-aggtrades", venue.Options{})
		want := market.Trades{
			EventTime: []market.UnixMilli{1778518167413, 1778518167414}, LastPrice: []market.Price{95000.1, 95000},
			Size: []market.Contracts{0.015, 2}, Taker: []market.TakerSide{market.TakerSell, market.TakerBuy},
		}
		if fmt.Sprint(set.Trades) != fmt.Sprint(want) {
			t.Errorf("header %v: got %v, want %v", header, set.Trades, want)
		}
		l := r.Listing()
		if l.Symbol != "BTCUSDT" || l.Coin != "BTC" || l.Quote != "USD" || l.ContractSize != 1 || l.TickSize != 0.1 || len(l.Tiers) != 12 {
			t.Errorf("header %v: listing %+v", header, l)
		}
	}
}

func TestAggTradesQuantityZeroIsSkippedAndCounted(t *testing.T) {
	set, r := mustRead(t, aggName, agg(true, "1 95000 1 1778518167413 true", "2 95000 0 1778518167413 true", "3 95000 1 1778518167413 true"),
		"binance-aggtrades", venue.Options{})
	if c := r.Counts(); set.Trades.Len() != 2 || c.Rows != 3 || c.ZeroSize != 1 || len(set.Gaps) != 0 || c.MissingIDs != 0 {
		t.Errorf("trades %d, counts %+v, gaps %v", set.Trades.Len(), c, set.Gaps)
	}
}

func TestAggTradesHolesInIDs(t *testing.T) {
	text := agg(true,
		"100 95000 1 1778518160000 true",
		"103 95000 1 1778518160001 true",  // 2 missing: counted
		"1104 95000 1 1778518160002 true", // 1000 missing at once: counted
		"2106 95000 1 1778518160003 true", // 1001 missing: a gap
		"2108 95000 1 1778518220004 true") // 1 missing over more than 60 s: a gap
	want := []market.Gap{
		{From: 1778518160002, To: 1778518160003, Reason: "1001 trade ids missing"},
		{From: 1778518160003, To: 1778518220004, Reason: "1 trade ids missing"},
	}
	for _, ordered := range []bool{false, true} {
		set, r := mustRead(t, aggName, text, "binance-aggtrades", venue.Options{Ordered: ordered})
		if fmt.Sprint(set.Gaps) != fmt.Sprint(want) || r.Counts().MissingIDs != 1002 || set.Trades.Len() != 5 {
			t.Errorf("ordered %v: gaps %v, want %v; %d missing, want 1002; %d trades", ordered, set.Gaps, want, r.Counts().MissingIDs, set.Trades.Len())
		}
	}
}

func TestAggTradesOutOfOrderRowsLeaveNoFalseGap(t *testing.T) {
	// A later part of the file was written before an earlier one.
	text := agg(true, "2701000001 1 1 1778518100000 true", "2701000005 5 1 1778518500000 true", "2701000006 6 1 1778518600000 true",
		"2701000002 2 1 1778518200000 true", "2701000003 3 1 1778518300000 true", "2701000004 4 1 1778518400000 true", "2701000003 3 1 1778518300000 true")
	set, r := mustRead(t, aggName, text, "binance-aggtrades", venue.Options{})
	set.Sort()
	if got := fmt.Sprint(set.Trades.LastPrice); got != "[1 2 3 4 5 6]" || len(set.Gaps) != 0 {
		t.Errorf("prices by time %s, gaps %v", got, set.Gaps)
	}
	if c := r.Counts(); c.Backwards != 2 || c.Duplicates != 1 || c.MissingIDs != 0 {
		t.Errorf("counts %+v, want 2 steps back, 1 duplicate", c)
	}
	wantFault(t, aggName, text, "binance-aggtrades", venue.Options{Ordered: true},
		`BTCUSDT-aggTrades-2026-05-11.csv row 5: time "2026-05-11T16:50:00.000Z": want a time not more than 10 s before `+
			"2026-05-11T16:56:40.000Z, read already; `halcyon import` sorts such a file")
}

func TestAggTradesBatchesNeverFall(t *testing.T) {
	var rows []string
	for i := range 10_000 {
		// A step back of two seconds every 7 rows.
		rows = append(rows, fmt.Sprintf("%d 95000.1 1 %d true", 2701000001+i, 1778518167413+i*100-i%7/6*2000))
	}
	file := venue.File{Path: aggName, Name: aggName}
	r, err := openAggTrades(file, venue.NewLineBlocks(aggName, strings.NewReader(agg(true, rows...))), venue.Options{Ordered: true})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for e, err := r.Next(); err == nil; e, err = r.Next() {
		trades := e.(*market.Trades)
		n += trades.Len()
		for i := 1; i < trades.Len(); i++ {
			if trades.EventTime[i] < trades.EventTime[i-1] {
				t.Fatal("time falls within a batch")
			}
		}
	}
	if n != len(rows) {
		t.Errorf("%d trades, want %d", n, len(rows))
	}
}

func TestAggTradesFaults(t *testing.T) {
	good := "2701000001 95000.1 0.015 1778518167413 true"
	for _, c := range []struct{ text, want string }{
		{"", aggName + ": want at least one row of data; the file is empty"},
		{aggHeader + "\n", aggName + ": want at least one row of data; the file is empty"},
		{"id,price\n1,2\n", aggName + ` row 1: header "id,price": want ` + aggHeader},
		{agg(true, good, "2 NaN 1 1778518167413 true"), aggName + ` row 3: price "NaN": want a number > 0`},
		{agg(true, good, "2 Inf 1 1778518167413 true"), aggName + ` row 3: price "Inf": want a number > 0`},
		{agg(true, good, "2 -5 1 1778518167413 true"), aggName + ` row 3: price "-5": want a number > 0`},
		{agg(true, good, "2 1e300 1 1778518167413 true"), aggName + ` row 3: price "1e300": want a price from 1e-9 to 1e9`},
		{agg(true, good, "2 5 -1 1778518167413 true"), aggName + ` row 3: quantity "-1": want a number >= 0, at most 1e15`},
		{agg(true, good, "2 5 1 1778518167 true"), aggName + ` row 3: transact_time "1778518167": want milliseconds since 1970; this looks like seconds`},
		{agg(true, good, "2 5 1 1178518167413 true"), aggName + ` row 3: transact_time "1178518167413": want a UTC time in milliseconds since 1970, from 2009 to 2100`},
		{agg(true, good, "2 5 1 1778518167413 maybe"), aggName + ` row 3: is_buyer_maker "maybe": want true or false`},
		{agg(true, good, "x 5 1 1778518167413 true"), aggName + ` row 3: agg_trade_id "x": want a whole number`},
		{agg(true, good) + "1,2,3\n", aggName + ` row 3: columns "1,2,3": want 7 columns, ` + aggHeader},
		{"1,2,3,4,5,1778518167413,true,true\n", aggName + ` row 1: columns "1,2,3,4,5,1778518167413,true,true": want 7 columns, ` + aggHeader + "; a file of the spot market has 8"},
	} {
		wantFault(t, aggName, c.text, "binance-aggtrades", venue.Options{}, c.want)
	}
	wantFault(t, "trades.csv", agg(true, good), "binance-aggtrades", venue.Options{}, `trades.csv: symbol "": want the instrument's symbol in the file's name, or --symbol`)
	wantFault(t, aggName, agg(true, good), "binance-aggtrades", venue.Options{Symbol: "ETHUSDT"}, aggName+`: symbol "BTCUSDT": want ETHUSDT, the symbol that was asked for`)
	wantFault(t, "trades.csv", agg(true, good), "binance-aggtrades", venue.Options{Symbol: "nonsense"}, `trades.csv: symbol "nonsense": want a USD-M symbol such as BTCUSDT`)
}

func TestAggTradesInMicroseconds(t *testing.T) {
	set, _ := mustRead(t, aggName, agg(true, "1 5 1 1778518167413999 true"), "binance-aggtrades", venue.Options{})
	if set.Trades.EventTime[0] != 1778518167413 {
		t.Errorf("got %d, want milliseconds", set.Trades.EventTime[0])
	}
}

// TestGeneratedDayReadsAsPlainRows reads a generated day fast and row by row.
func TestGeneratedDayReadsAsPlainRows(t *testing.T) {
	var text bytes.Buffer
	if err := binancetest.WriteAggTrades(&text, binancetest.DayOptions{Trades: 20_000, NoHeader: true}); err != nil {
		t.Fatal(err)
	}
	set, _ := mustRead(t, aggName, text.String(), "binance-aggtrades", venue.Options{Ordered: true})
	i := 0
	for line := range bytes.Lines(text.Bytes()) {
		row, _, fault := parseAggRow(bytes.TrimSpace(line))
		got := aggRow{row.id, set.Trades.EventTime[i], set.Trades.LastPrice[i], set.Trades.Size[i], set.Trades.Taker[i]}
		if fault != nil || got != row {
			t.Fatalf("row %d: got %+v, want %+v (%v)", i+1, got, row, fault)
		}
		i++
	}
	if i != set.Trades.Len() || len(set.Gaps) != 0 {
		t.Errorf("%d trades, want %d; gaps %v", set.Trades.Len(), i, set.Gaps)
	}
}

// FuzzAggRow checks that the fast way takes no row that the slow way would
// not read alike.
func FuzzAggRow(f *testing.F) {
	for _, s := range []string{
		"2701000001,95000.1,0.015,6010000000,6010000001,1778518167413,true",
		"2701000002,.5,5.,6010000000,6010000001,1778518167413,false",
		"2701000003,100123.4,12345678,6010000000,6010000001,1778518167413,false",
		"27010000,1.2.3,1,60100000,60100000,1778518167413,true",
		"2701000001,95000,1,5,12345678,6010000001,1778518167413,true",
	} {
		f.Add([]byte(s))
	}
	known := []byte("2701000001,95000.1,0.015,6010000000,6010000001,1778518167413,true")
	f.Fuzz(func(t *testing.T, line []byte) {
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
		}
		slow, own, fault := parseAggRow(line)
		_, usual, _ := parseAggRow(known)
		for _, w := range []layout{usual, own} {
			b := append(bytes.Clone(line), '\n')
			b = append(b, bytes.Repeat(append(known, '\n'), 2)...)
			fast, used := scanRow(b, &w)
			if used == 0 {
				continue
			}
			if fault != nil || fast != slow || used != len(line)+1 {
				t.Fatalf("%q: fast %+v, %d bytes; slow %+v, %v", line, fast, used, slow, fault)
			}
		}
	})
}
