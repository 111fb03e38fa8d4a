/** What a client is told when something does not work. */

/** The server refused; `problem` is its problem document (RFC 9457), `code` its stable code. */
export class Refused extends Error {
  constructor(problem) {
    super(`${problem.code}: ${problem.detail}`);
    this.name = "Refused";
    this.problem = problem;
    this.code = problem.code;
  }

  /** The same may be taken later: the server is in trouble, or asked to wait. */
  get isOfTheMoment() {
    return this.problem.status >= 500 || this.problem.status === 429;
  }
}

/** There is no server at the address, or the connection broke. What was asked may have been done. */
export class Unreachable extends Error {
  name = "Unreachable";
}

/** The session is over, or the client was closed: log in again. */
export class LoggedOut extends Error {
  name = "LoggedOut";
}
