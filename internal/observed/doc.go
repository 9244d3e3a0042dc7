// Package observed keeps positions that are observed, not estimated: where a
// venue names both parties of every trade, the position of each address seen
// trading follows from the trades, and the venue itself tells the rest.
//
//	trade {buyer, seller} ─→ Ledger.Fill      what has changed since
//	venue's account state ─→ Ledger.Reconcile what was, with the venue's own liquidation prices
//	Ledger.Next           ─→ Reconciler       whom to ask next, within the venue's limits
//
// An address that has not been reconciled has no known position: its trades say
// by how much it changed and not from what. It is counted, and is no part of
// Positions. Between two reconciliations a position follows the trades exactly,
// unless some were missed; its liquidation price is the last one that the venue
// told, and Moved says that size has changed since.
//
// It must not know the model, nor how a venue is reached. A Ledger is safe for
// concurrent use; its clock is the venue's, told by trades and answers.
package observed
