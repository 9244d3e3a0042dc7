package observed

import (
	"context"
	"time"
)

// Accounts is where the venue's word is had. It paces itself within the
// venue's limits, and may block for that.
type Accounts interface {
	Account(ctx context.Context, a Address) (Account, error)
}

// batch is how many addresses are chosen at a time: few, so that urgency is
// of now.
const batch = 8

// pause is the wait after a failure, and where nothing is to be asked.
const pause = time.Second

// Reconcile asks about the most urgent addresses, one after the other, until
// ctx is done. What the venue refuses is told to failed, and tried again later.
func Reconcile(ctx context.Context, l *Ledger, accounts Accounts, failed func(error)) {
	for ctx.Err() == nil {
		next := l.Next(batch)
		for _, a := range next {
			account, err := accounts.Account(ctx, a)
			if err != nil {
				if ctx.Err() == nil {
					failed(err)
				}
				wait(ctx)
				break
			}
			l.Reconcile(a, account)
		}
		if len(next) == 0 {
			wait(ctx)
		}
	}
}

func wait(ctx context.Context) {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
