package api

import (
	"context"
	"math"
	"runtime"

	"golang.org/x/sync/errgroup"

	"halcyon/internal/screen"
	"halcyon/market"
)

type screenerRequest struct {
	At int64 `query:"at" doc:"UTC ms; default the newest of each instrument"`
}

type clusterAnswer struct {
	Side     string  `json:"side" enum:"long,short"`
	Low      float64 `json:"low"`
	High     float64 `json:"high"`
	USD      float64 `json:"usd"`
	Z        float64 `json:"z"`
	Distance float64 `json:"distance" doc:"fraction of price to its nearer edge"`
}

type screenedAnswer struct {
	Venue      string         `json:"venue"`
	Symbol     string         `json:"symbol"`
	Coin       string         `json:"coin"`
	Provenance string         `json:"provenance"`
	At         int64          `json:"at" doc:"close of the column that this is of, UTC ms"`
	Price      float64        `json:"price"`
	Above      []float64      `json:"above" doc:"USD of shorts above price, by within"`
	Below      []float64      `json:"below" doc:"USD of longs below price, by within"`
	Skew       float64        `json:"skew" doc:"(shorts - longs)/(shorts + longs) within 5 %"`
	Nearest    *clusterAnswer `json:"nearest" doc:"the nearest cluster of hot bins; null where none stands out"`
}

type screenerAnswer struct {
	Body struct {
		Within      []float64        `json:"within" doc:"distances that above and below are summed up to, fractions of price"`
		Instruments []screenedAnswer `json:"instruments"`
	}
}

// screener answers with a row for each instrument that has a column by then.
func (s *server) screener(ctx context.Context, req *screenerRequest) (*screenerAnswer, error) {
	found, err := s.Atlas.Instruments(ctx)
	if err != nil {
		return nil, failed(err)
	}
	rows := make([]*screenedAnswer, len(found))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, in := range found {
		group.Go(func() error {
			at := in.To
			if req.At != 0 {
				at = min(at, market.UnixMilli(req.At))
			}
			row, ok, err := screen.Of(ctx, s.Atlas, in, at)
			if err != nil || !ok {
				return err
			}
			rows[i] = &screenedAnswer{
				Venue: string(in.Venue), Symbol: in.Symbol, Coin: in.Coin, Provenance: string(in.Provenance), At: int64(row.At), Price: float64(row.Price),
				Above: rounded(row.Above[:]), Below: rounded(row.Below[:]), Skew: math.Round(row.Skew*1e4) / 1e4, Nearest: nearestAnswer(row.Nearest),
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, failed(err)
	}
	out := &screenerAnswer{}
	out.Body.Instruments = []screenedAnswer{}
	for _, within := range screen.Within {
		out.Body.Within = append(out.Body.Within, float64(within))
	}
	for _, row := range rows {
		if row != nil {
			out.Body.Instruments = append(out.Body.Instruments, *row)
		}
	}
	return out, nil
}

func nearestAnswer(c *screen.Cluster) *clusterAnswer {
	if c == nil {
		return nil
	}
	return &clusterAnswer{
		Side: c.Side.String(), Low: *short(float64(c.Low)), High: *short(float64(c.High)), USD: math.Round(float64(c.USD)),
		Z: math.Round(c.Z*100) / 100, Distance: math.Round(float64(c.Distance)*1e5) / 1e5,
	}
}

func rounded(amounts []market.Notional) []float64 {
	out := make([]float64, len(amounts))
	for i, x := range amounts {
		out[i] = math.Round(float64(x))
	}
	return out
}
