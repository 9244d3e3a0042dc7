package main

import (
	"halcyon/engine"
	"halcyon/liqmodel"
	"halcyon/market"
)

// modelParams returns the parameters that the map of an instrument is drawn
// with: those shipped, which were learned from recorded venues. The simulated
// market is none of them; for it only the priors hold.
func modelParams(l market.Listing) liqmodel.Params {
	if l.Provenance == market.Simulated {
		return liqmodel.PriorParams()
	}
	return liqmodel.LearnedParams()
}

// engineOptions returns how the map of an instrument is drawn.
func engineOptions(l market.Listing) engine.Options {
	p := modelParams(l)
	return engine.Options{Params: &p}
}
