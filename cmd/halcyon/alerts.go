package main

import (
	"context"
	"net/url"
	"sync"

	"halcyon/internal/alert"
	"halcyon/internal/api"
	"halcyon/internal/atlas"
	"halcyon/internal/lake"
	"halcyon/market"
)

// alertFlags say where alerts are delivered to, beside the page. They hold
// secrets, which is why the page neither sets nor sees them.
type alertFlags struct {
	AlertWebhook       string `env:"HALCYON_ALERT_WEBHOOK" placeholder:"URL" help:"Post alerts to this address as JSON, with a picture."`
	AlertTelegramToken string `env:"HALCYON_ALERT_TELEGRAM_TOKEN" placeholder:"TOKEN" help:"Send alerts by this Telegram bot."`
	AlertTelegramChat  string `env:"HALCYON_ALERT_TELEGRAM_CHAT" placeholder:"ID" help:"To this Telegram chat."`
	AlertTelegramURL   string `env:"HALCYON_ALERT_TELEGRAM_URL" hidden:"" help:"Instead of https://api.telegram.org."`
	AlertDiscord       string `env:"HALCYON_ALERT_DISCORD" placeholder:"URL" help:"Post alerts to this webhook of a Discord channel."`
}

// channels returns those that are set up; a mistake names the flag and never
// what it holds.
func (f alertFlags) channels() (out []alert.Channel, err error) {
	for flag, address := range map[string]string{"--alert-webhook": f.AlertWebhook, "--alert-discord": f.AlertDiscord, "--alert-telegram-url": f.AlertTelegramURL} {
		if u, err := url.Parse(address); address != "" && (err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "") {
			return nil, mistake("%s is no address: want https://…", flag)
		}
	}
	if (f.AlertTelegramToken == "") != (f.AlertTelegramChat == "") {
		return nil, mistake("--alert-telegram-token and --alert-telegram-chat: want both, or neither")
	}
	if f.AlertWebhook != "" {
		out = append(out, alert.Webhook{URL: f.AlertWebhook})
	}
	if f.AlertTelegramToken != "" {
		out = append(out, alert.Telegram{Token: f.AlertTelegramToken, Chat: f.AlertTelegramChat, BaseURL: f.AlertTelegramURL})
	}
	if f.AlertDiscord != "" {
		out = append(out, alert.Discord{URL: f.AlertDiscord})
	}
	return out, nil
}

// alerting watches the maps for what users asked to be told of.
type alerting struct {
	book       *alert.Book
	watcher    *alert.Watcher
	dispatcher *alert.Dispatcher
	running    sync.WaitGroup
}

// openAlerts reads the rules of a lake. What fires is delivered by the channels,
// and told to the pages that listen to the hub.
func openAlerts(ctx context.Context, l *lake.Lake, a *atlas.Atlas, channels []alert.Channel, hub *api.Hub, out *output) (*alerting, error) {
	book, err := alert.OpenBook(ctx, l)
	if err != nil {
		return nil, err
	}
	failed := func(err error) { out.warn("%v", err) }
	d := alert.NewDispatcher(alert.DispatchOptions{
		Channels: channels, Failed: failed,
		Picture: func(ctx context.Context, id market.InstrumentID) ([]byte, error) {
			return renderPNG(a)(ctx, api.RenderRequest{Venue: string(id.Venue), Symbol: id.Symbol, Range: "24h", Width: 1200, Height: 675})
		},
	})
	deliver := func(f alert.Firing) {
		hub.Alert(f)
		d.Deliver(f)
	}
	return &alerting{book: book, dispatcher: d, watcher: &alert.Watcher{Book: book, Atlas: a, Deliver: deliver, Failed: failed}}, nil
}

// told is what the API tells and changes of alerts.
func (a *alerting) told() *api.Alerts {
	return &api.Alerts{Book: a.book, Channels: a.dispatcher.Channels()}
}

// start watches and delivers until ctx is done; close waits for the end.
func (a *alerting) start(ctx context.Context) {
	a.running.Go(func() { a.dispatcher.Run(ctx) })
	a.running.Go(func() { a.watcher.Run(ctx) })
}

func (a *alerting) close() { a.running.Wait() }
