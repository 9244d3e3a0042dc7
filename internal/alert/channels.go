package alert

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"halcyon/market"
)

// Webhook posts a firing as JSON: its fields, and the picture as
// picture_png_base64.
type Webhook struct {
	// URL is where to post to. It may hold a secret.
	URL string
	// Client makes the requests. Default http.DefaultClient.
	Client *http.Client
}

// Name implements Channel.
func (Webhook) Name() string { return "webhook" }

// Send implements Channel.
func (w Webhook) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(struct {
		Firing
		Picture string `json:"picture_png_base64,omitempty"`
	}{m.Firing, base64.StdEncoding.EncodeToString(m.Picture)})
	if err != nil {
		return err
	}
	return post(ctx, w.Client, w.URL, "application/json", body)
}

// Telegram sends messages by a bot, with the picture as a photo.
// Source: core.telegram.org/bots/api, sendPhoto and sendMessage, read 2026-11.
type Telegram struct {
	// Token is the bot's, Chat the receiver's ID or @name.
	Token, Chat string
	// BaseURL replaces https://api.telegram.org.
	BaseURL string
	Client  *http.Client
}

// Name implements Channel.
func (Telegram) Name() string { return "telegram" }

// telegramCaption is the longest caption of a photo, in characters.
const telegramCaption = 1024

// Send implements Channel.
func (t Telegram) Send(ctx context.Context, m Message) error {
	base := t.BaseURL
	if base == "" {
		base = "https://api.telegram.org"
	}
	method, fields := "/sendMessage", map[string]string{"chat_id": t.Chat, "text": m.Title + "\n" + m.Text}
	if m.Picture != nil {
		method, fields = "/sendPhoto", map[string]string{"chat_id": t.Chat, "caption": cut(m.Title+"\n"+m.Text, telegramCaption)}
	}
	body, kind, err := form(fields, "photo", m)
	if err != nil {
		return err
	}
	return post(ctx, t.Client, base+"/bot"+t.Token+method, kind, body)
}

// Discord posts to a webhook of a Discord channel, with the picture attached.
// Source: discord.com/developers/docs/resources/webhook, execute webhook, read 2026-11.
type Discord struct {
	// URL is the webhook's, token and all.
	URL    string
	Client *http.Client
}

// Name implements Channel.
func (Discord) Name() string { return "discord" }

// discordContent is the longest message, in characters.
const discordContent = 2000

// Send implements Channel.
func (d Discord) Send(ctx context.Context, m Message) error {
	payload, err := json.Marshal(map[string]any{
		"content":          cut("**"+m.Title+"**\n"+m.Text, discordContent),
		"allowed_mentions": map[string]any{"parse": []string{}},
	})
	if err != nil {
		return err
	}
	body, kind, err := form(map[string]string{"payload_json": string(payload)}, "files[0]", m)
	if err != nil {
		return err
	}
	return post(ctx, d.Client, d.URL, kind, body)
}

// form writes fields and the picture, where there is one, as multipart/form-data.
func form(fields map[string]string, picture string, m Message) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			return nil, "", err
		}
	}
	if m.Picture != nil {
		part, err := w.CreateFormFile(picture, m.Symbol+".png")
		if err != nil {
			return nil, "", err
		}
		if _, err := part.Write(m.Picture); err != nil {
			return nil, "", err
		}
	}
	err = w.Close()
	return b.Bytes(), w.FormDataContentType(), err
}

// post sends a body and judges the answer: 2xx is taken, 429 and 5xx may be
// tried again, everything else is refused.
func post(ctx context.Context, client *http.Client, url, contentType string, body []byte) error {
	if client == nil {
		client = http.DefaultClient
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the address is no URL: %w", ErrRefused)
	}
	req.Header.Set("Content-Type", contentType)
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, 4096)) // only its advice is of use
	switch {
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode == http.StatusTooManyRequests:
		return &RetryError{retryAfter(res.Header, answer)}
	case res.StatusCode >= 500:
		return fmt.Errorf("answered %s", res.Status)
	default:
		return fmt.Errorf("answered %s: %w", res.Status, ErrRefused)
	}
}

// retryAfter reads how long to wait out of the header (any server), or out of
// the body in seconds: retry_after (Discord), parameters.retry_after (Telegram).
func retryAfter(h http.Header, body []byte) time.Duration {
	var advice struct {
		RetryAfter float64 `json:"retry_after"`
		Parameters struct {
			RetryAfter float64 `json:"retry_after"`
		} `json:"parameters"`
	}
	seconds := 0.0
	if json.Unmarshal(body, &advice) == nil {
		seconds = max(advice.RetryAfter, advice.Parameters.RetryAfter)
	}
	if s, err := strconv.ParseFloat(h.Get("Retry-After"), 64); err == nil {
		seconds = max(seconds, s)
	}
	return time.Duration(min(seconds, float64(market.Day/market.Second)) * float64(time.Second))
}

// cut shortens a text to n characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
