/** The time of day at a resolution of ten seconds, for texts such as "3 minutes ago". */
class Clock {
  now = $state(Date.now())

  constructor() {
    setInterval(() => {
      this.now = Date.now()
    }, 10_000)
  }
}

export const clock = new Clock()
