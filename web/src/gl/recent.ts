/** Derived things by what they were made of, the least recently used thrown away first. */
export class Recent<K extends object, V> {
  private readonly map = new Map<K, V>();

  constructor(private readonly drop: (value: V) => void) {}

  get(key: K): V | undefined {
    const value = this.take(key);
    if (value !== undefined) this.map.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.map.set(key, value);
  }

  /** Takes a value out without dropping it. */
  take(key: K): V | undefined {
    const value = this.map.get(key);
    this.map.delete(key);
    return value;
  }

  /** Drops the least recently used until at most `limit` are left. */
  trim(limit: number): void {
    for (const [oldest, value] of this.map) {
      if (this.map.size <= limit) return;
      this.map.delete(oldest);
      this.drop(value);
    }
  }

  get size(): number {
    return this.map.size;
  }
}
