package loopback

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"halcyon/internal/sim"
	"halcyon/internal/sim/exchange"
	"halcyon/market"
)

// teller is the venue that names the parties of its trades, and tells whoever
// asks what they hold.
const teller = "hyperliquid"

// accounts is who holds what of one coin at the teller: traders that are at home
// there, and makers, who trade everywhere, with what they have traded there.
type accounts struct {
	mu sync.Mutex
	// at is up to when trades are in it.
	at      market.UnixMilli
	traders []sim.Position
	// makers are signed, above 0 long.
	makers map[sim.Party]market.Contracts
}

// book takes the market as it stands after a batch, of which deals with sizes
// are those at the teller.
func (a *accounts) book(m *sim.Market, deals []sim.Deal, sizes []market.Contracts) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for i, d := range deals {
		if d.Buyer.Maker() {
			a.makers[d.Buyer] += sizes[i]
		}
		if d.Seller.Maker() {
			a.makers[d.Seller] -= sizes[i]
		}
	}
	a.at = m.Now() - 1
	a.traders = slices.DeleteFunc(m.Positions(), func(p sim.Position) bool { return p.Party.Maker() })
}

// held returns what a party holds at the teller, and as of when; size 0 for
// nothing.
func (f *floor) held(p sim.Party) (at market.UnixMilli, held exchange.AccountPosition) {
	a := &f.accounts
	a.mu.Lock()
	defer a.mu.Unlock()
	held.Symbol = symbolOf(teller, f.coin)
	if p.Maker() {
		size := math.Round(float64(a.makers[p])*1e6) / 1e6
		held.Side = side(size)
		held.Size = market.Contracts(math.Abs(size))
		return a.at, held
	}
	i := slices.IndexFunc(a.traders, func(t sim.Position) bool { return t.Party == p })
	if st := f.home(p); i >= 0 && st.name == teller {
		t := a.traders[i]
		held.Side, held.Size = t.Side, t.Size
		held.EntryPrice, held.LiquidationPrice = st.priced(f.coin, t.EntryPrice), st.priced(f.coin, t.LiquidationPrice)
	}
	return a.at, held
}

func side(size float64) market.PositionSide {
	if size < 0 {
		return market.Short
	}
	return market.Long
}

// home is the one venue on which a trader trades, drawn by the venues' shares.
func (f *floor) home(p sim.Party) *stall {
	draw := rand.NewPCG(f.street.opt.Seed, uint64(p)).Uint64()
	return f.street.at(float64(draw>>11) / (1 << 53))
}

// venueOf is where a deal is made: at home with its trader, and anywhere between
// makers.
func (f *floor) venueOf(d sim.Deal) *stall {
	if !d.Buyer.Maker() {
		return f.home(d.Buyer)
	}
	if !d.Seller.Maker() {
		return f.home(d.Seller)
	}
	return f.pick()
}

// accountFormat is an address: which coin, which party. Nobody trades two coins.
const accountFormat = "0x5e%06x%032x"

func (f *floor) addresses(d sim.Deal) [2]string {
	return [2]string{fmt.Sprintf(accountFormat, f.number, uint64(d.Buyer)), fmt.Sprintf(accountFormat, f.number, uint64(d.Seller))}
}

// account implements what exchange.Accounts asks for.
func (s *Street) account(user string) (at market.UnixMilli, held []exchange.AccountPosition) {
	s.mu.Lock()
	floors := s.floors
	s.mu.Unlock()
	if len(floors) == 0 {
		return 1, nil // nothing has happened yet
	}
	var number int
	var party uint64
	if _, err := fmt.Sscanf(user, accountFormat, &number, &party); err != nil || number >= len(floors) {
		at, _ = floors[0].held(0) // a stranger
		return at, nil
	}
	at, position := floors[number].held(sim.Party(party))
	if position.Size > 0 {
		held = append(held, position)
	}
	return at, held
}
