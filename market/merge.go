package market

import "slices"

// Merge unites s with other and reports whether s changed. Both must be
// sorted; s stays sorted. It is idempotent and needs no trade ids:
//
//   - Trades: for each distinct (time, price, size, taker) the larger of the
//     two multiplicities is kept, because venues do publish equal trades. A
//     millisecond known to both keeps the order of s.
//   - Other kinds: one event a key (time, or span); where both sets have the
//     key with different values, other, the newer, wins.
func (s *EventSet) Merge(other *EventSet) (changed bool) {
	changed = s.Trades.merge(&other.Trades)
	changed = mergeKind(&s.OpenInterest, other.OpenInterest, func(e OpenInterest) any { return e.EventTime }) || changed
	changed = mergeKind(&s.MarkPrices, other.MarkPrices, func(e MarkPrice) any { return e.EventTime }) || changed
	changed = mergeKind(&s.FundingRates, other.FundingRates, func(e FundingRate) any { return e.EventTime }) || changed
	changed = mergeKind(&s.Liquidations, other.Liquidations, func(e Liquidation) any { return e }) || changed
	changed = mergeKind(&s.Candles, other.Candles, func(e Candle) any { return [2]UnixMilli{e.OpenTime, e.CloseTime} }) || changed
	changed = mergeKind(&s.Gaps, other.Gaps, func(e Gap) any { return [2]UnixMilli{e.From, e.To} }) || changed
	changed = mergeKind(&s.Lapses, other.Lapses, func(e Lapse) any {
		e.Reason = ""
		return e
	}) || changed
	if changed {
		s.Sort()
	}
	return changed
}

func mergeKind[E comparable](into *[]E, from []E, key func(E) any) (changed bool) {
	if len(from) == 0 {
		return false
	}
	at := make(map[any]int, len(*into))
	for i, e := range *into {
		at[key(e)] = i
	}
	for _, e := range from {
		i, known := at[key(e)]
		switch {
		case !known:
			at[key(e)] = len(*into)
			*into = append(*into, e)
			changed = true
		case (*into)[i] != e:
			(*into)[i] = e
			changed = true
		}
	}
	return changed
}

type tradeKey struct {
	price Price
	size  Contracts
	taker TakerSide
}

// merge unites two sorted batches by the multiset maximum, millisecond by millisecond.
func (t *Trades) merge(other *Trades) (changed bool) {
	if other.Len() == 0 {
		return false
	}
	if t.Len() == 0 {
		*t = Trades{slices.Clone(other.EventTime), slices.Clone(other.LastPrice), slices.Clone(other.Size), slices.Clone(other.Taker)}
		return true
	}
	var out Trades
	count := map[tradeKey]int{}
	for i, j := 0, 0; i < t.Len() || j < other.Len(); {
		now := UnixMilli(1<<63 - 1)
		if i < t.Len() {
			now = t.EventTime[i]
		}
		if j < other.Len() {
			now = min(now, other.EventTime[j])
		}
		clear(count)
		for ; i < t.Len() && t.EventTime[i] == now; i++ {
			count[tradeKey{t.LastPrice[i], t.Size[i], t.Taker[i]}]++
			out.Append(now, t.LastPrice[i], t.Size[i], t.Taker[i])
		}
		for ; j < other.Len() && other.EventTime[j] == now; j++ {
			k := tradeKey{other.LastPrice[j], other.Size[j], other.Taker[j]}
			if count[k] > 0 {
				count[k]--
				continue
			}
			out.Append(now, k.price, k.size, k.taker)
			changed = true
		}
	}
	if changed {
		*t = out
	}
	return changed
}
