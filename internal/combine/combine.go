package combine

import (
	"cmp"
	"slices"
	"strings"

	"halcyon/market"
)

// All is the venue of a combination of every venue that has a coin.
const All market.Venue = "all"

const (
	separator = "+"
	// equalised ends the venue of an equalised combination.
	equalised = ".z"
)

// Combination is some instruments of one coin, to be seen as one.
type Combination struct {
	// Listing is of the combination: linear, one contract one coin, without
	// margin tiers.
	market.Listing
	// Parts are the instruments, at least one. The first is the reference, whose
	// candles and prices are the combination's.
	Parts []market.Listing
	// Equalised tells that every part is normalised before it is added.
	Equalised bool
}

// Has reports whether id is one of the parts. A nil Combination has none.
func (c *Combination) Has(id market.InstrumentID) bool {
	return c != nil && slices.ContainsFunc(c.Parts, func(l market.Listing) bool { return l.InstrumentID == id })
}

// turnover orders venues by how much is usually traded on them. It is fixed so
// that a combination's candles do not change venue by themselves; a venue that
// is not named comes after those that are.
var turnover = []market.Venue{"binance", "okx", "bybit", "bitget", "gate", "hyperliquid", "deribit", "kraken", "bitmex"}

// byReference orders instruments by who is to be the reference: linear before
// inverse, then by turnover of the venue, then by name.
func byReference(a, b market.Listing) int {
	rank := func(v market.Venue) int {
		if i := slices.Index(turnover, v); i >= 0 {
			return i
		}
		return len(turnover)
	}
	return cmp.Or(cmp.Compare(a.Settlement, b.Settlement), cmp.Compare(rank(a.Venue), rank(b.Venue)),
		cmp.Compare(a.Venue, b.Venue), cmp.Compare(a.Symbol, b.Symbol))
}

// List returns the combination of all venues of every coin that has at least
// two instruments, by coin.
func List(listings []market.Listing) []Combination {
	var out []Combination
	coins := map[string]bool{}
	for _, l := range listings {
		if coins[l.Coin] {
			continue
		}
		coins[l.Coin] = true
		if c, ok := Find(listings, market.InstrumentID{Venue: All, Symbol: l.Coin}); ok && len(c.Parts) > 1 {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b Combination) int { return cmp.Compare(a.Symbol, b.Symbol) })
	return out
}

// Find returns the combination that id names, made of listings; false where it
// names none, or a venue that does not have the coin. The ID of what it returns
// is spelled in one way, whatever the order in which id names venues.
func Find(listings []market.Listing, id market.InstrumentID) (Combination, bool) {
	name, equal := strings.CutSuffix(string(id.Venue), equalised)
	// A "+" that was not escaped in a URL's query arrives as a space.
	venues := strings.Split(strings.ReplaceAll(name, " ", separator), separator)
	slices.Sort(venues)
	venues = slices.Compact(venues)
	pool := sameKind(listings, id.Symbol)
	var parts []market.Listing
	for _, v := range venues {
		before := len(parts)
		for _, l := range pool {
			if string(l.Venue) == v || name == string(All) {
				parts = append(parts, l)
			}
		}
		if len(parts) == before {
			return Combination{}, false
		}
	}
	slices.SortFunc(parts, byReference)
	venue := strings.Join(venues, separator)
	if equal {
		venue += equalised
	}
	return Combination{
		Listing: market.Listing{
			Instrument: market.Instrument{
				InstrumentID: market.InstrumentID{Venue: market.Venue(venue), Symbol: id.Symbol},
				Coin:         id.Symbol, Quote: parts[0].Quote, ContractSize: 1, TickSize: parts[0].TickSize,
			},
			Provenance: provenance(parts),
		},
		Parts: parts, Equalised: equal,
	}, true
}

// sameKind returns the listings of a coin that may be added up: the real ones
// if there are any, in the quote currency of the reference among them.
func sameKind(listings []market.Listing, coin string) []market.Listing {
	var kind []market.Listing
	for _, simulated := range []bool{false, true} {
		for _, l := range listings {
			if l.Coin == coin && (l.Provenance == market.Simulated) == simulated {
				kind = append(kind, l)
			}
		}
		if len(kind) > 0 {
			break
		}
	}
	if len(kind) == 0 {
		return nil
	}
	quote := slices.MinFunc(kind, byReference).Quote
	return slices.DeleteFunc(kind, func(l market.Listing) bool { return l.Quote != quote })
}

// provenance is the least that can be said of all parts: RECORDED as soon as
// one of them is not live.
func provenance(parts []market.Listing) market.Provenance {
	p := parts[0].Provenance
	for _, l := range parts {
		if l.Provenance != p {
			return market.Recorded
		}
	}
	return p
}
