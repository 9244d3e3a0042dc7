package main

import (
	"strings"
	"testing"
)

func TestAlertFlags(t *testing.T) {
	for name, c := range map[string]struct {
		flags alertFlags
		want  int
		names string
	}{
		"nothing set up": {alertFlags{}, 0, ""},
		"all three":      {alertFlags{AlertWebhook: "https://a/b", AlertTelegramToken: "s3cret", AlertTelegramChat: "1", AlertDiscord: "https://c/s3cret"}, 3, ""},
		"no address":     {alertFlags{AlertDiscord: "s3cret"}, 0, "--alert-discord"},
		"no chat":        {alertFlags{AlertTelegramToken: "s3cret"}, 0, "--alert-telegram-chat"},
	} {
		channels, err := c.flags.channels()
		if len(channels) != c.want || (err == nil) != (c.names == "") {
			t.Errorf("%s: %d channels, %v", name, len(channels), err)
		}
		if err != nil && (!strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "s3cret") || !mistaken(err)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
