package api

import (
	"context"
	"strings"

	"halcyon/heatmap"
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
	Groups     []groupAnswer `json:"groups"`
	SweptOn    string        `json:"swept_on" enum:"mark,last" doc:"the price that removed levels on the newest day; last where mark was missing at times"`
	Bars       bool          `json:"bars" doc:"drawn from candles, not trades"`
	Model      modelAnswer   `json:"model" doc:"the parameters that the map is drawn with"`
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

func (s *server) instruments(ctx context.Context, _ *struct{}) (*instrumentsAnswer, error) {
	found, err := s.Atlas.Instruments(ctx)
	if err != nil {
		return nil, failed(err)
	}
	out := &instrumentsAnswer{}
	out.Body.Instruments = []instrumentAnswer{}
	for _, in := range found {
		a := instrumentAnswer{
			Venue: string(in.Venue), Symbol: in.Symbol, Coin: in.Coin, Quote: in.Quote, Tick: float64(in.TickSize),
			Provenance: string(in.Provenance), From: int64(in.From), To: int64(in.To),
			SweptOn: "mark", Bars: in.Flags&heatmap.FlagBars != 0, Model: s.model(in.Listing),
		}
		if in.Flags&heatmap.FlagNoMark != 0 {
			a.SweptOn = "last"
		}
		groups := s.Atlas.Groups()
		for i, g := range groups {
			ga := groupAnswer{Name: g.Name, Label: strings.ToUpper(g.Name[:1]) + g.Name[1:], MinLeverage: float64(g.MinLeverage)}
			if i+1 < len(groups) {
				ga.MaxLeverage = float64(groups[i+1].MinLeverage)
			}
			a.Groups = append(a.Groups, ga)
		}
		out.Body.Instruments = append(out.Body.Instruments, a)
	}
	for _, l := range heatmap.Ladder {
		out.Body.Levels = append(out.Body.Levels, levelAnswer{int64(l.Bucket), l.Shift})
	}
	return out, nil
}
