package api

import (
	"context"
	"slices"
	"strings"

	"halcyon/heatmap"
	"halcyon/internal/atlas"
	"halcyon/market"
)

type groupAnswer struct {
	Name        string  `json:"name"`
	Label       string  `json:"label"`
	MinLeverage float64 `json:"min_leverage"`
	MaxLeverage float64 `json:"max_leverage" doc:"0: no upper bound"`
}

type instrumentAnswer struct {
	Venue      string        `json:"venue"`
	Symbol     string        `json:"symbol"`
	Coin       string        `json:"coin"`
	Quote      string        `json:"quote"`
	Tick       float64       `json:"tick"`
	Provenance string        `json:"provenance" enum:"RECORDED,SIMULATED,LIVE"`
	From       int64         `json:"from" doc:"start of the first stored column, UTC ms"`
	To         int64         `json:"to" doc:"end of the last closed column, UTC ms"`
	Price      float64       `json:"price" doc:"what levels are swept on, as of to; that of the reference where it is a combination; 0: not known"`
	Groups     []groupAnswer `json:"groups"`
	SweptOn    string        `json:"swept_on" enum:"mark,last" doc:"the price that removed levels on the newest day; last where mark was missing at times"`
	Bars       bool          `json:"bars" doc:"drawn from candles, not trades"`
	Model      modelAnswer   `json:"model" doc:"the parameters that the map is drawn with"`
	Unit       string        `json:"unit" enum:"usd,sd" doc:"of amounts on the map; sd: millionths of a standard deviation of each instrument, in an equalised combination"`
	Parts      []partAnswer  `json:"parts,omitempty" doc:"what a combination is made of, the reference of candles and price first"`
}

type partAnswer struct {
	Venue      string `json:"venue"`
	Symbol     string `json:"symbol"`
	Settlement string `json:"settlement" enum:"linear,inverse"`
	From       int64  `json:"from" doc:"start of the first stored column, UTC ms"`
	To         int64  `json:"to" doc:"end of the last closed column, UTC ms"`
}

type instrumentsRequest struct {
	Also []string `query:"also,explode" doc:"combinations to list beside all venues of a coin, as venue:symbol" example:"[\"binance+okx:BTC\"]"`
}

type levelAnswer struct {
	BucketMS int64 `json:"bucket_ms"`
	Shift    uint  `json:"shift" doc:"bins are 2^shift basis points wide"`
}

type instrumentsAnswer struct {
	Body struct {
		Instruments []instrumentAnswer `json:"instruments"`
		Levels      []levelAnswer      `json:"levels"`
	}
}

func (s *server) instruments(ctx context.Context, req *instrumentsRequest) (*instrumentsAnswer, error) {
	found, err := s.Atlas.Instruments(ctx)
	if err != nil {
		return nil, failed(err)
	}
	for _, name := range req.Also {
		venue, symbol, _ := strings.Cut(name, ":")
		in, ok, err := s.Atlas.Instrument(ctx, market.InstrumentID{Venue: market.Venue(venue), Symbol: symbol})
		if err != nil {
			return nil, failed(err)
		}
		known := slices.ContainsFunc(found, func(f atlas.Instrument) bool { return f.InstrumentID == in.InstrumentID })
		if ok && !known {
			found = append(found, in)
		}
	}
	out := &instrumentsAnswer{}
	out.Body.Instruments = []instrumentAnswer{}
	for _, in := range found {
		out.Body.Instruments = append(out.Body.Instruments, s.answerInstrument(in))
	}
	for _, l := range heatmap.Ladder {
		out.Body.Levels = append(out.Body.Levels, levelAnswer{int64(l.Bucket), l.Shift})
	}
	return out, nil
}

func (s *server) groups() (out []groupAnswer) {
	groups := s.Atlas.Groups()
	for i, g := range groups {
		a := groupAnswer{Name: g.Name, Label: strings.ToUpper(g.Name[:1]) + g.Name[1:], MinLeverage: float64(g.MinLeverage)}
		if i+1 < len(groups) {
			a.MaxLeverage = float64(groups[i+1].MinLeverage)
		}
		out = append(out, a)
	}
	return out
}

func (s *server) answerInstrument(in atlas.Instrument) instrumentAnswer {
	a := instrumentAnswer{
		Venue: string(in.Venue), Symbol: in.Symbol, Coin: in.Coin, Quote: in.Quote, Tick: float64(in.TickSize),
		Provenance: string(in.Provenance), From: int64(in.From), To: int64(in.To), Price: float64(in.Price), Groups: s.groups(),
		SweptOn: "mark", Bars: in.Flags&heatmap.FlagBars != 0, Model: s.model(in.Listing), Unit: "usd",
	}
	if in.Flags&heatmap.FlagNoMark != 0 {
		a.SweptOn = "last"
	}
	if in.Equalised {
		a.Unit = "sd"
	}
	for _, p := range in.Parts {
		a.Parts = append(a.Parts, partAnswer{string(p.Venue), p.Symbol, p.Settlement.String(), int64(p.From), int64(p.To)})
	}
	return a
}
