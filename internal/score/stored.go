package score

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"halcyon/internal/observed"
	"halcyon/liqmodel"
	"halcyon/market"
	"halcyon/scorecard"
)

// Store is what a server has recorded, by instrument; a lake is.
type Store interface {
	// Days returns the days that hold events, rising.
	Days(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// Scan yields the events of a day in order.
	Scan(ctx context.Context, id market.InstrumentID, day market.UnixMilli) iter.Seq2[market.Event, error]
	// ObservedTimes returns when observed positions were stored, rising.
	ObservedTimes(ctx context.Context, id market.InstrumentID) ([]market.UnixMilli, error)
	// Observed returns the positions stored at one of those instants.
	Observed(ctx context.Context, id market.InstrumentID, at market.UnixMilli) ([]observed.Position, error)
}

// Question says what to score of a store.
type Question struct {
	Listing market.Listing
	// From and To bound the periods judged, half-open; the map begins earlier.
	From, To market.UnixMilli
	// Liquidations are tables by hour; where there are none, the liquidations
	// among the events are summed by hour.
	Liquidations []string
	// Params are the model's. Periods that they were learned from are left out.
	Params liqmodel.Params
}

// storedTrain is the share of periods that fit the baselines.
const storedTrain = 0.6

// Stored judges the map of stored events: how much, by the liquidations known;
// where, by those with the prices that they filled at; truth, by observed
// positions. For how much and truth the first part of the periods fits the
// baselines and the calibration, and the rest is the test. The error wraps
// market.ErrInvalid where too little is stored.
func Stored(ctx context.Context, store Store, q Question) (Result, error) {
	f, seen, err := collect(ctx, store, q.Listing)
	if err != nil {
		return Result{}, err
	}
	for _, path := range q.Liquidations {
		if err := seen.read(path); err != nil {
			return Result{}, err
		}
	}
	q.From = max(q.From, q.Params.Origin.To)
	o := q.Params.Origin
	r := scorecard.Report{
		Format: scorecard.ReportFormat,
		Params: []scorecard.ParamsNote{{Name: "map", Version: o.Version, From: o.From, To: o.To, Note: o.Note}},
	}
	few := storedHowMuch(&r, f, seen.realised, q)
	if few != nil && !errors.Is(few, market.ErrInvalid) {
		return Result{}, few
	}
	if err := storedWhere(&r, f, seen.prints, q); err != nil {
		return Result{}, err
	}
	if err := storedTruth(ctx, &r, store, f, q); err != nil {
		return Result{}, err
	}
	if len(r.Sets) == 0 && few != nil {
		return Result{}, few
	}
	if len(r.Sets) == 0 {
		return Result{}, fmt.Errorf("cannot score %q: neither an hour with bars and published liquidations nor %d moments of observed positions from %v on, up to when parameters %q were learned: %w",
			q.Listing.InstrumentID.String(), minMoments, q.From, o.Version, market.ErrInvalid)
	}
	r.Verdicts = scorecard.Verdicts(r)
	return Result{Report: r, Learned: q.Params}, nil
}

// storedHowMuch judges hours, if there are any with liquidations.
func storedHowMuch(r *scorecard.Report, f feed, seen realised, q Question) error {
	base := seen.within(q.From, q.To, f)
	if len(base.start) == 0 {
		return nil
	}
	d := set{name: q.Listing.InstrumentID.String(), feed: f, begin: f.bars[0].OpenTime, base: base, baseWidth: market.Hour, censored: true}
	d.split = base.start[int(storedTrain*float64(len(base.start)))]
	j := judged{set: d, params: q.Params, placebo: q.Params}
	live, err := j.tables(market.Hour, false)
	if err != nil {
		return err
	}
	frozen, err := j.frozenTables(market.Hour)
	if err != nil {
		return err
	}
	r.HowMuch = append(live, frozen...)
	r.Sets = append(r.Sets, scorecard.SetNote{Name: d.name, Text: d.describe()})
	return nil
}

// storedWhere judges liquidations with prices, if there are enough.
func storedWhere(r *scorecard.Report, f feed, prints []print, q Question) (err error) {
	within := slices.DeleteFunc(slices.Clone(prints), func(p print) bool { return p.at < q.From || p.at >= q.To })
	name := q.Listing.InstrumentID.String() + ", liquidations with prices"
	r.Where, err = whereTables(name, f, f.bars[0].OpenTime, within, q.Params, q.Params)
	if len(r.Where) > 0 {
		r.Sets = append(r.Sets, scorecard.SetNote{Name: name, Text: fmt.Sprintf("%d prints and cells of candles", len(within))})
	}
	return err
}

// minMoments is the fewest moments of observed positions worth a table.
const minMoments = 8

// storedTruth judges what stands, if positions were observed often enough.
func storedTruth(ctx context.Context, r *scorecard.Report, store Store, f feed, q Question) error {
	sightings, err := observedSightings(ctx, store, f, q)
	if err != nil || len(sightings) < minMoments {
		return err
	}
	all := f.ofOpenInterest(snapshots(sightings, 0))
	from := all[int(storedTrain*float64(len(all)))].at
	_, after := parted(all, from)
	begin := f.bars[0].OpenTime
	estimates, err := estimatesOf(begin, after, []truthMap{
		{namePeers, false, f.withoutOpenInterest(), peerParams(), false},
		{namePrior, false, f, liqmodel.PriorParams(), false},
		{namePlaceboMap, false, f.placebo(from), q.Params, false},
		{nameLearned, true, f, q.Params, false},
		{nameBlurred, true, f, q.Params, true},
	})
	if err != nil {
		return err
	}
	name := q.Listing.InstrumentID.String() + ", observed positions"
	r.Truth, r.Curves, err = judgeTruth(name, all, from, estimates)
	r.Sets = append(r.Sets, scorecard.SetNote{Name: name, Text: fmt.Sprintf("%s to %s, %d moments; test from %s", all[0].at.Date(), all[len(all)-1].at.Date(), len(all), from.Date())})
	return err
}

// observedSightings reads the positions observed within the question's bounds,
// at least momentsApart. A server follows its addresses through their trades, so
// one that is missing holds nothing.
func observedSightings(ctx context.Context, store Store, f feed, q Question) (out []sighting, err error) {
	id := q.Listing.InstrumentID
	times, err := store.ObservedTimes(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, at := range times {
		n := len(out)
		price := f.priceAt(at)
		if at < q.From || at >= q.To || price == 0 || n > 0 && at-out[n-1].at < momentsApart {
			continue
		}
		positions, err := store.Observed(ctx, id, at)
		if err != nil {
			return nil, err
		}
		s := sighting{at: at, price: price, held: map[string]position{}}
		for _, p := range positions {
			base := float64(q.Listing.NotionalOf(price, p.Size)) / float64(price)
			s.held[p.Address.String()] = position{side: p.Side, size: base, liquidation: p.LiquidationPrice, seen: at}
		}
		out = append(out, s)
	}
	return out, nil
}
