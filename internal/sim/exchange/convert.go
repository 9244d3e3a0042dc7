package exchange

import (
	"math"
	"strconv"
	"time"

	"halcyon/market"
)

// convert turns an event whose sizes are in coins into the venue's contracts.
func (in *instrument) convert(e market.Event) market.Event {
	switch e := e.(type) {
	case *market.Trades:
		out := *e
		out.Size = make([]market.Contracts, e.Len())
		for i, q := range e.Size {
			out.Size[i] = in.contracts(q, e.LastPrice[i])
		}
		return &out
	case market.OpenInterest:
		e.Contracts = in.contracts(e.Contracts, in.mark.MarkPrice)
		return e
	case market.Liquidation:
		e.Size = in.contracts(e.Size, max(e.AvgFillPrice, e.BankruptcyPrice))
		return e
	}
	return e
}

// contracts turns coins into contracts: whole ones of an inverse instrument,
// millionths of a linear one.
func (in *instrument) contracts(coins market.Contracts, price market.Price) market.Contracts {
	q := float64(coins) / in.listing.ContractSize
	if in.listing.Settlement == market.Inverse {
		return market.Contracts(max(1, math.Round(q*float64(price))))
	}
	return market.Contracts(max(1e-6, math.Round(q*1e6)/1e6))
}

// text writes a number in full, as venues do, and reads back the same.
func text[T ~float64](v T) string { return strconv.FormatFloat(float64(v), 'f', -1, 64) }

func whole[T ~int64](v T) string { return strconv.FormatInt(int64(v), 10) }

func choose[T any](yes bool, a, b T) T {
	if yes {
		return a
	}
	return b
}

// single returns trade i of a batch as a batch.
func single(t *market.Trades, i int) []market.Event {
	return []market.Event{t.Slice(i, i+1)}
}

func iso(t market.UnixMilli) string { return t.Time().Format("2006-01-02T15:04:05.000Z") }

// pause is a moment for the network.
const pause = 10 * time.Second
