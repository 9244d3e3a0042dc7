package main

import (
	"halcyon/engine"
	"halcyon/liqmodel"
	"halcyon/market"
)

// engineOptions returns how the map of an instrument is drawn: with the shipped
// parameters, which were learned from recorded venues. The simulated market is
// none of them; for it only the priors hold.
func engineOptions(l market.Listing) engine.Options {
	p := liqmodel.LearnedParams()
	if l.Provenance == market.Simulated {
		p = liqmodel.PriorParams()
	}
	return engine.Options{Params: &p}
}
