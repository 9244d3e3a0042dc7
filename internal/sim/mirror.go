package sim

import (
	"math"

	"halcyon/market"
)

// Mirror shows a simulated market as another venue would: the same course at a
// premium of its own, in its own contracts. It is how one simulated crowd makes
// several venues whose prices belong together. The zero value of every field
// but Instrument changes nothing.
type Mirror struct {
	// Instrument is what the venue trades; its contracts are what sizes are
	// turned into, rounded down to millionths.
	Instrument market.Instrument
	// Premium is how far the venue's prices usually lie above the market's.
	Premium market.Ratio
	// Swing is the amplitude of the premium's wandering, a sine with a period
	// of five hours.
	Swing market.Ratio
	// Share is the part of the market's sizes that is traded here; 0 for all.
	Share market.Ratio
}

// swingPeriod is the length of one wave of a premium.
const swingPeriod = 5 * market.Hour

// premium is the factor of prices at an instant.
func (m Mirror) premium(at market.UnixMilli) market.Price {
	wave := math.Sin(2 * math.Pi * float64(at%swingPeriod) / float64(swingPeriod))
	return market.Price(1 + float64(m.Premium) + float64(m.Swing)*wave)
}

// contracts turns coins at a price of this venue into its contracts.
func (m Mirror) contracts(coins market.Contracts, p market.Price) market.Contracts {
	if m.Share > 0 {
		coins *= market.Contracts(m.Share)
	}
	q := m.Instrument.ContractsOf(p, market.Notional(float64(coins)*float64(p)))
	return market.Contracts(math.Max(1, math.Floor(float64(q)*microPerContract)) / microPerContract)
}

// Event returns an event of the market as this venue tells it. mark is the last
// mark price that the market told, at which open interest is turned into
// inverse contracts.
func (m Mirror) Event(e market.Event, mark market.Price) market.Event {
	switch e := e.(type) {
	case *market.Trades:
		out := &market.Trades{}
		for i, at := range e.EventTime {
			p := e.LastPrice[i] * m.premium(at)
			out.Append(at, p, m.contracts(e.Size[i], p), e.Taker[i])
		}
		return out
	case market.MarkPrice:
		e.MarkPrice *= m.premium(e.EventTime)
		return e
	case market.OpenInterest:
		e.Contracts = m.contracts(e.Contracts, mark*m.premium(e.EventTime))
		return e
	case market.Liquidation:
		f := m.premium(e.EventTime)
		e.AvgFillPrice *= f
		e.BankruptcyPrice *= f
		e.Size = m.contracts(e.Size, max(e.AvgFillPrice, e.BankruptcyPrice))
		return e
	}
	return e
}
