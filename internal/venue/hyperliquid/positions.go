package hyperliquid

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"halcyon/internal/observed"
	"halcyon/internal/venue"
	"halcyon/internal/venue/feed"
	"halcyon/market"
)

// Observer fills a ledger from the venue: trades with both addresses from the
// feed's frames, accounts from REST.
type Observer struct {
	Ledger *observed.Ledger
	rest   *feed.REST
}

// observerLimits leave the feed its half of the venue's 1,200 weight a minute,
// and a third of the rest to whoever else is behind the same address.
var observerLimits = feed.Limits{Weight: 400, Window: time.Minute}

// accountWeight is what the venue counts for clearinghouseState.
const accountWeight = 2

// NewObserver returns an observer of at most so many addresses, at the venue that
// opt names.
func NewObserver(most int, opt venue.FeedOptions) *Observer {
	base := opt.RESTURL
	if base == "" {
		base = protocol.RESTURL
	}
	client := opt.HTTP
	if client == nil {
		client = &http.Client{}
	}
	return &Observer{observed.NewLedger(most), feed.NewREST(base, client, observerLimits)}
}

// Run asks about accounts until ctx is done; what the venue refuses is told to
// failed.
func (o *Observer) Run(ctx context.Context, failed func(error)) {
	observed.Reconcile(ctx, o.Ledger, o, failed)
}

// trade is an element of a trades frame. users are buyer and seller.
// Source: hyperliquid.gitbook.io, "Websocket", "Subscriptions", WsTrade, read
// 2026-06. Checked by TestFills.
type trade struct {
	Coin  string    `json:"coin"`
	Px    string    `json:"px"`
	Sz    string    `json:"sz"`
	Time  int64     `json:"time"`
	TID   int64     `json:"tid"`
	Users [2]string `json:"users"`
}

// Frame books the trades of a frame of the feed; it is a venue.FeedOptions.Tap.
// A frame of another kind is left alone, one that cannot be read too: the feed
// counts it. A subscription begins a connection, before which trades may have
// been missed.
func (o *Observer) Frame(text []byte) {
	var head struct {
		Channel string          `json:"channel"`
		Data    json.RawMessage `json:"data"`
	}
	if json.Unmarshal(text, &head) != nil {
		return
	}
	if head.Channel == "subscriptionResponse" {
		o.Ledger.Missed()
	}
	var trades []trade
	if head.Channel != "trades" || json.Unmarshal(head.Data, &trades) != nil {
		return
	}
	for _, t := range trades {
		if f, ok := t.fill(); ok {
			o.Ledger.Fill(f)
		}
	}
}

func (t trade) fill() (f observed.Fill, ok bool) {
	px, err1 := strconv.ParseFloat(t.Px, 64)
	sz, err2 := strconv.ParseFloat(t.Sz, 64)
	buyer, err3 := observed.ParseAddress(t.Users[0])
	seller, err4 := observed.ParseAddress(t.Users[1])
	ok = err1 == nil && err2 == nil && err3 == nil && err4 == nil && market.ValidPrice(market.Price(px)) && sz > 0 && !math.IsInf(sz, 0)
	return observed.Fill{ID: t.TID, At: market.UnixMilli(t.Time), Symbol: t.Coin, LastPrice: market.Price(px), Size: market.Contracts(sz), Buyer: buyer, Seller: seller}, ok
}

// Account implements observed.Accounts: it asks for clearinghouseState.
func (o *Observer) Account(ctx context.Context, a observed.Address) (observed.Account, error) {
	body, err := o.rest.Post(ctx, "/info", fmt.Appendf(nil, `{"type":"clearinghouseState","user":%q}`, a), accountWeight)
	if err != nil {
		return observed.Account{}, err
	}
	return parseAccount(body)
}

// accountAnswer is what of clearinghouseState is read: szi is signed, above 0
// long; liquidationPx is the venue's own price, null where there is none.
// Source: hyperliquid.gitbook.io, "Info endpoint", "Perpetuals", read 2026-06.
// Checked by TestAccount.
type accountAnswer struct {
	Time           int64 `json:"time"`
	AssetPositions []struct {
		Position struct {
			Coin          string  `json:"coin"`
			Szi           string  `json:"szi"`
			EntryPx       string  `json:"entryPx"`
			LiquidationPx *string `json:"liquidationPx"`
		} `json:"position"`
	} `json:"assetPositions"`
}

func parseAccount(body []byte) (observed.Account, error) {
	var answer accountAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return observed.Account{}, fmt.Errorf("cannot read clearinghouseState: %w", err)
	}
	if answer.Time <= 0 {
		return observed.Account{}, fmt.Errorf("cannot read clearinghouseState: time %d, want milliseconds: %w", answer.Time, venue.ErrFrame)
	}
	account := observed.Account{At: market.UnixMilli(answer.Time)}
	for _, held := range answer.AssetPositions {
		p := held.Position
		size, err := strconv.ParseFloat(p.Szi, 64)
		if err != nil || math.IsInf(size, 0) || math.IsNaN(size) {
			return observed.Account{}, fmt.Errorf("cannot read clearinghouseState: szi %q of %q: %w", p.Szi, p.Coin, venue.ErrFrame)
		}
		if size == 0 {
			continue
		}
		position := observed.Position{Symbol: p.Coin, Size: market.Contracts(math.Abs(size))}
		if size < 0 {
			position.Side = market.Short
		}
		if entry, err := strconv.ParseFloat(p.EntryPx, 64); err == nil && market.ValidPrice(market.Price(entry)) {
			position.EntryPrice = market.Price(entry) // nothing is reckoned with it
		}
		if p.LiquidationPx != nil {
			price, err := strconv.ParseFloat(*p.LiquidationPx, 64)
			if err != nil {
				return observed.Account{}, fmt.Errorf("cannot read clearinghouseState: liquidationPx %q of %q: %w", *p.LiquidationPx, p.Coin, venue.ErrFrame)
			}
			if market.ValidPrice(market.Price(price)) {
				position.LiquidationPrice = market.Price(price)
			}
		}
		account.Positions = append(account.Positions, position)
	}
	return account, nil
}
