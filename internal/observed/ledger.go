package observed

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"halcyon/market"
)

// Address names an account on chain.
type Address [20]byte

// ParseAddress reads 0x and 40 hexadecimal digits; the error wraps
// market.ErrInvalid.
func ParseAddress(s string) (a Address, err error) {
	digits, ok := strings.CutPrefix(s, "0x")
	if ok && len(digits) == hex.EncodedLen(len(a)) {
		if _, err := hex.Decode(a[:], []byte(digits)); err == nil {
			return a, nil
		}
	}
	return Address{}, fmt.Errorf("address %q: want 0x and 40 hexadecimal digits: %w", s, market.ErrInvalid)
}

// String returns the form that ParseAddress reads.
func (a Address) String() string { return "0x" + hex.EncodeToString(a[:]) }

// Fill is a trade with its parties.
type Fill struct {
	// ID tells trades of a symbol apart: one that comes again is not booked again.
	ID            int64
	At            market.UnixMilli
	Symbol        string
	LastPrice     market.Price
	Size          market.Contracts
	Buyer, Seller Address
}

// Account is what the venue says of an address: everything that it holds.
type Account struct {
	// At is when that was so, by the venue's clock: trades up to then are in it.
	At market.UnixMilli
	// Positions are the open ones.
	Positions []Position
}

// Position is one open position.
type Position struct {
	Address Address
	Symbol  string
	Side    market.PositionSide
	// Size is in contracts, > 0.
	Size market.Contracts
	// EntryPrice is what the venue told last, 0 where it has not.
	EntryPrice market.Price
	// LiquidationPrice is the venue's own, 0 where it says that there is none.
	LiquidationPrice market.Price
	// ReconciledAt is when the venue last told of the address.
	ReconciledAt market.UnixMilli
	// Moved: size has changed since, and the liquidation price perhaps with it.
	Moved bool
}

// holding is a position within the ledger.
type holding struct {
	// size is signed: above 0 long.
	size, entry, liquidation float64
	moved                    bool
	// safe: the venue said that it has no liquidation price.
	safe bool
}

// trader is an address. Memory is bounded by their number.
type trader struct {
	// reconciled is Account.At of the last answer, 0 before the first.
	reconciled market.UnixMilli
	// seen is the last trade, asked when the address was last handed out by Next.
	seen, asked market.UnixMilli
	// traded is the gross notional of trades since the last answer.
	traded   float64
	holdings map[string]holding
}

// recentFills is how long trades are kept to be booked over an answer that was
// on its way when they happened (ms).
const recentFills = 30 * market.Second

// Ledger keeps addresses and their positions. Use NewLedger.
type Ledger struct {
	mu      sync.Mutex
	most    int
	now     market.UnixMilli
	traders map[Address]*trader
	prices  map[string]market.Price
	recent  []Fill
	// known are the newest trades' ids, ids in order of arrival.
	known map[fillID]struct{}
	ids   []fillID
}

type fillID struct {
	symbol string
	id     int64
}

// knownFills is how many trades are recognised when they come again.
const knownFills = 1 << 14

// NewLedger returns an empty ledger of at most so many addresses (>= 16; about
// 300 bytes each). When it is full those that matter least are forgotten.
func NewLedger(most int) *Ledger {
	return &Ledger{most: max(16, most), traders: map[Address]*trader{}, prices: map[string]market.Price{}, known: map[fillID]struct{}{}}
}

// Fill books a trade on both of its parties.
func (l *Ledger) Fill(f Fill) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id := fillID{f.Symbol, f.ID}
	if _, again := l.known[id]; again {
		return
	}
	l.known[id] = struct{}{}
	if l.ids = append(l.ids, id); len(l.ids) >= 2*knownFills {
		for _, old := range l.ids[:knownFills] {
			delete(l.known, old)
		}
		l.ids = slices.Delete(l.ids, 0, knownFills)
	}
	l.now = max(l.now, f.At)
	l.prices[f.Symbol] = f.LastPrice
	l.recent = append(l.recent, f)
	if old := slices.IndexFunc(l.recent, func(r Fill) bool { return r.At > l.now-recentFills }); old > len(l.recent)/2 {
		l.recent = slices.Delete(l.recent, 0, old)
	}
	l.book(f.Buyer, f, float64(f.Size))
	l.book(f.Seller, f, -float64(f.Size))
}

func (l *Ledger) book(a Address, f Fill, change float64) {
	t := l.traders[a]
	if t == nil {
		if len(l.traders) >= l.most {
			l.forget()
		}
		t = &trader{}
		l.traders[a] = t
	}
	t.seen = max(t.seen, f.At)
	t.traded += math.Abs(change) * float64(f.LastPrice)
	// Before the first answer nobody knows from what it changed.
	if t.reconciled > 0 && f.At > t.reconciled {
		t.add(f.Symbol, change)
	}
}

// dust is the size that rounding leaves of nothing.
const dust = 1e-9

func (t *trader) add(symbol string, change float64) {
	h := t.holdings[symbol]
	before := h.size
	h.size += change
	h.moved = true
	if before*h.size <= 0 {
		h.entry, h.liquidation, h.safe = 0, 0, false // another position, of which the venue has not told
	}
	if t.holdings == nil {
		t.holdings = map[string]holding{}
	}
	if math.Abs(h.size) < dust {
		delete(t.holdings, symbol)
		return
	}
	t.holdings[symbol] = h
}

// Reconcile takes the venue's word for an address, and books the trades that
// are newer. An answer older than the last one is ignored.
func (l *Ledger) Reconcile(a Address, account Account) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.traders[a]
	if t == nil || account.At < t.reconciled {
		return
	}
	t.reconciled, t.traded, t.holdings = account.At, 0, nil
	for _, p := range account.Positions {
		if t.holdings == nil {
			t.holdings = map[string]holding{}
		}
		t.holdings[p.Symbol] = holding{size: p.Side.Sign() * float64(p.Size), entry: float64(p.EntryPrice), liquidation: float64(p.LiquidationPrice), safe: p.LiquidationPrice == 0}
	}
	for _, f := range l.recent {
		if f.At <= account.At {
			continue
		}
		if f.Buyer == a {
			t.add(f.Symbol, float64(f.Size))
		}
		if f.Seller == a {
			t.add(f.Symbol, -float64(f.Size))
		}
	}
}

// Missed states that trades are missing: what is held must be asked for again.
func (l *Ledger) Missed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.traders {
		for symbol, h := range t.holdings {
			h.moved = true
			t.holdings[symbol] = h
		}
		t.traded += 1
	}
}

// Restore takes up positions as they were known at an instant, before trades that
// nobody saw: they are held as moved, and the venue is asked. Call it before the
// first trade.
func (l *Ledger) Restore(at market.UnixMilli, positions []Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = max(l.now, at)
	for _, p := range positions {
		t := l.traders[p.Address]
		if t == nil {
			if len(l.traders) >= l.most {
				l.forget()
			}
			t = &trader{reconciled: p.ReconciledAt, seen: p.ReconciledAt, holdings: map[string]holding{}}
			l.traders[p.Address] = t
		}
		t.reconciled = min(t.reconciled, p.ReconciledAt)
		t.holdings[p.Symbol] = holding{size: p.Side.Sign() * float64(p.Size), entry: float64(p.EntryPrice), liquidation: float64(p.LiquidationPrice), moved: true}
	}
}

// Positions returns the known positions of an instrument, by address.
func (l *Ledger) Positions(symbol string) []Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []Position
	for a, t := range l.traders {
		h, ok := t.holdings[symbol]
		if !ok {
			continue
		}
		p := Position{Address: a, Symbol: symbol, Size: market.Contracts(math.Abs(h.size)), EntryPrice: market.Price(h.entry), LiquidationPrice: market.Price(h.liquidation), ReconciledAt: t.reconciled, Moved: h.moved}
		if h.size < 0 {
			p.Side = market.Short
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Position) int { return slices.Compare(a.Address[:], b.Address[:]) })
	return out
}

// Counts says how much of what was seen is known.
type Counts struct {
	// Addresses were seen trading; Reconciled are those that the venue has told of.
	Addresses, Reconciled int
	// Now is the newest trade's time.
	Now market.UnixMilli
}

// Counts returns how many addresses are known.
func (l *Ledger) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := Counts{Addresses: len(l.traders), Now: l.now}
	for _, t := range l.traders {
		if t.reconciled > 0 {
			c.Reconciled++
		}
	}
	return c
}
