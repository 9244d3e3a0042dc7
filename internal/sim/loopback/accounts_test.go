package loopback

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"halcyon/internal/sim"
	"halcyon/market"
)

// What traders hold at the teller is about its share of open interest, each of
// them holds what the market says, and nobody at home elsewhere holds anything.
func TestAccountsAreTheMarketsPositions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Coins: []string{"BTC", "ETH"}, Seed: 4})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+500*time.Millisecond)
		defer cancel()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		f := s.floors[1]
		var here, all, made market.Contracts
		for _, p := range f.market.Positions() {
			address := f.addresses(sim.Deal{Buyer: p.Party})[0]
			at, held := s.account(address)
			if at != f.market.Now()-1 {
				t.Fatalf("an answer of %v, want %v", at, f.market.Now()-1)
			}
			all += p.Size
			switch home := f.home(p.Party).name == teller; {
			case p.Party.Maker():
				for _, h := range held {
					made += h.Size
				}
			case !home && len(held) > 0:
				t.Errorf("%s holds %+v at a venue that is not its home", address, held)
			case home && (len(held) != 1 || held[0].Symbol != "ETH" || held[0].Size != p.Size || held[0].Side != p.Side || (held[0].LiquidationPrice > 0) != (p.LiquidationPrice > 0)):
				t.Errorf("%s holds %+v, want %+v", address, held, p)
			case home:
				here += p.Size
			}
		}
		share := f.street.stalls[0].share
		for _, st := range s.stalls {
			if st.name == teller {
				share = st.share
			}
		}
		if got := float64(here / all); got < share/2 || got > share*2 {
			t.Errorf("%v of all positions are here, want about %v", got, share)
		}
		if made == 0 {
			t.Error("no maker holds anything")
		}
		for _, stranger := range []string{"", "0x0", fmt.Sprintf(accountFormat, 9, 1)} {
			if at, held := s.account(stranger); at == 0 || len(held) > 0 {
				t.Errorf("stranger %q holds %+v as of %v", stranger, held, at)
			}
		}
	})
}
