package observed

import (
	"testing"

	"halcyon/market"
)

func address(n byte) Address { return Address{19: n} }

func fill(id int64, at market.UnixMilli, size market.Contracts, buyer, seller byte) Fill {
	return Fill{ID: id, At: at, Symbol: "BTC", LastPrice: 50_000, Size: size, Buyer: address(buyer), Seller: address(seller)}
}

// only returns the one known position, or fails.
func only(t *testing.T, l *Ledger) Position {
	t.Helper()
	all := l.Positions("BTC")
	if len(all) != 1 {
		t.Fatalf("%d known positions, want 1: %+v", len(all), all)
	}
	return all[0]
}

func TestParseAddress(t *testing.T) {
	const text = "0x5e9ee1089755c3435139848e47e6635505d5a13a"
	a, err := ParseAddress(text)
	if err != nil || a.String() != text {
		t.Errorf("%q reads as %v, %v", text, a, err)
	}
	for _, bad := range []string{"", "0x", text[2:], text + "00", text[:41], "0xzz" + text[4:]} {
		if _, err := ParseAddress(bad); err == nil {
			t.Errorf("%q is taken for an address", bad)
		}
	}
}

// Trades before and after an answer, and those that overtook it, add up.
func TestPositionsFollowTradesFromTheAnswerOn(t *testing.T) {
	l := NewLedger(100)
	l.Fill(fill(1, 1000, 2, 1, 2))
	if got := l.Positions("BTC"); len(got) != 0 {
		t.Fatalf("positions %+v of addresses that the venue has not told of", got)
	}
	l.Fill(fill(2, 2000, 1, 1, 2)) // overtakes the answer
	l.Reconcile(address(1), Account{At: 1500, Positions: []Position{{Symbol: "BTC", Side: market.Long, Size: 5, LiquidationPrice: 40_000}}})
	if p := only(t, l); p.Size != 6 || p.Side != market.Long || !p.Moved || p.LiquidationPrice != 40_000 || p.ReconciledAt != 1500 {
		t.Errorf("position %+v, want 5 of the answer and 1 since", p)
	}
	l.Fill(fill(3, 1400, 9, 1, 2)) // late: the answer has it
	if p := only(t, l); p.Size != 6 {
		t.Errorf("size %v, want 6: a trade from before the answer is in it", p.Size)
	}
	l.Fill(fill(4, 3000, 10, 2, 1)) // through zero
	if p := only(t, l); p.Size != 4 || p.Side != market.Short || p.LiquidationPrice != 0 {
		t.Errorf("position %+v, want 4 short, another position whose liquidation price is not known", p)
	}
	l.Fill(fill(4, 3000, 10, 2, 1)) // told again
	if p := only(t, l); p.Size != 4 {
		t.Errorf("size %v: a trade was booked twice", p.Size)
	}
	l.Reconcile(address(1), Account{At: 1000})
	if p := only(t, l); p.Size != 4 {
		t.Errorf("size %v: an old answer was taken for a new one", p.Size)
	}
	l.Reconcile(address(1), Account{At: 4000})
	if got := l.Positions("BTC"); len(got) != 0 {
		t.Errorf("positions %+v of an account that holds nothing", got)
	}
}

// Large before small, near liquidation before far, nobody twice at a time.
func TestNextIsTheMostUrgent(t *testing.T) {
	l := NewLedger(100)
	l.Fill(fill(1, 1000, 1, 1, 2))
	l.Fill(fill(2, 1000, 5, 3, 2))
	if got := l.Next(2); len(got) != 2 || got[0] != address(2) || got[1] != address(3) {
		t.Errorf("first to be asked %v, want those that traded most", got)
	}
	if got := l.Next(5); len(got) != 1 || got[0] != address(1) {
		t.Errorf("then %v, want the one that was not handed out", got)
	}
	for _, a := range []byte{1, 2, 3} {
		liquidation := map[byte]market.Price{1: 49_900, 2: 10_000, 3: 0}[a]
		l.Reconcile(address(a), Account{At: 2000, Positions: []Position{{Symbol: "BTC", Side: market.Long, Size: 1, LiquidationPrice: liquidation}}})
	}
	l.Fill(fill(3, 2000+market.Hour, .001, 9, 8))
	if got := l.Next(1); len(got) != 1 || got[0] != address(1) {
		t.Errorf("of equals %v comes first, want the one next to its liquidation", got)
	}
}

// Who trades all the time is not asked all the time, and hardly where the venue
// said that nothing liquidates the position.
func TestBusyPositionsLeaveRoomForOthers(t *testing.T) {
	l := NewLedger(100)
	at, id := market.UnixMilli(1000), int64(0)
	trade := func(a byte, size market.Contracts) {
		id++
		l.Fill(fill(id, at, size, a, a))
	}
	trade(1, 100)
	trade(2, 100)
	for a, liquidation := range map[byte]market.Price{1: 0, 2: 30_000} {
		l.Reconcile(address(a), Account{At: at, Positions: []Position{{Symbol: "BTC", Side: market.Long, Size: 1000, LiquidationPrice: liquidation}}})
	}
	at += settled / 2
	trade(1, 100)
	trade(2, 100)
	trade(3, .01)
	if got := l.Next(9); len(got) != 1 || got[0] != address(3) {
		t.Errorf("%v are to be asked, want the one that is not known", got)
	}
	at += settled
	trade(1, 100)
	trade(2, 100)
	trade(3, 30)
	if got := l.Next(2); len(got) != 2 || got[0] != address(2) || got[1] != address(3) {
		t.Errorf("%v come first, want the one whose liquidation price may have moved, and the unknown", got)
	}
}

// What was stored stands after a restart with its age, and is asked for again.
func TestRestoredPositionsAreOld(t *testing.T) {
	before, after := NewLedger(100), NewLedger(100)
	before.Fill(fill(1, 1000, 1, 1, 2))
	before.Reconcile(address(1), Account{At: 2000, Positions: []Position{{Symbol: "BTC", Side: market.Short, Size: 5, EntryPrice: 48_000, LiquidationPrice: 60_000}}})
	after.Restore(9000, before.Positions("BTC"))
	want := only(t, before)
	want.Moved = true
	if got := only(t, after); got != want {
		t.Errorf("restored %+v, want %+v", got, want)
	}
	if b := after.Book(market.Instrument{InstrumentID: market.InstrumentID{Symbol: "BTC"}, ContractSize: 1}); len(b.Ages) != 1 || b.Ages[0] != 7000 {
		t.Errorf("ages %v, want 7 s", b.Ages)
	}
	after.Fill(fill(2, 2000+market.Hour, 2, 1, 3))
	if got := only(t, after); got.Size != 3 || got.Side != market.Short {
		t.Errorf("%+v after 2 were bought, want 3 short", got)
	}
	if got := after.Next(1); len(got) != 1 || got[0] != address(1) {
		t.Errorf("%v is asked first, want what was restored", got)
	}
}

// Memory is bounded, and what matters least is forgotten.
func TestLedgerIsBounded(t *testing.T) {
	l := NewLedger(100)
	whale := Address{0: 1}
	l.Fill(Fill{ID: -1, At: 1, Symbol: "BTC", LastPrice: 50_000, Size: 1000, Buyer: whale, Seller: address(1)})
	for i := range 5000 {
		a := Address{1: byte(i >> 8), 2: byte(i)}
		l.Fill(Fill{ID: int64(i), At: market.UnixMilli(i), Symbol: "BTC", LastPrice: 50_000, Size: .001, Buyer: a, Seller: Address{3: 1}})
	}
	if c := l.Counts(); c.Addresses > 100 {
		t.Errorf("%d addresses, want at most 100", c.Addresses)
	}
	if got := l.Next(1); len(got) != 1 || got[0] != whale && got[0] != address(1) {
		t.Errorf("the largest was forgotten: %v comes first", got)
	}
	if len(l.known) > 2*knownFills || len(l.recent) > 4*5000 {
		t.Errorf("%d ids and %d trades are kept", len(l.known), len(l.recent))
	}
}
