namespace Labeler.Web.Components.Languages;

/// <summary>The texts of wwwroot-assets: what stands there in t('…'). LanguageTests compares the two.</summary>
public static class ScriptKeys
{
    public static readonly IReadOnlyList<string> All =
    [
        " and ", ", ", "1 pair", "1st", "2nd", "3rd", "A digit or click flags as",
        "All are tied: right if that is what you see, but this group teaches nothing.", "All normal", "As good as the one before",
        "Being sent to the server.", "Both bad", "Cancel", "Category", "Choose the left picture", "Choose the lower picture",
        "Choose the right picture", "Choose the upper picture", "Confirm", "Confirmed", "Copied", "Enlarged picture",
        "Every vote is on the server.", "Flagged all or none: right if that is what you see, but this group teaches nothing.",
        "Judge one of these before you go on.", "Left", "Let it go", "Load again", "Lower", "Next",
        "No connection. Votes are kept in this browser and sent when it is back; go on judging. Press to try now.",
        "No connection: press again when it is back.", "Not right", "Not right: you have passed", "Not sure",
        "Not taken: that came before anybody can have looked.", "Nothing has a place yet.",
        "Nothing has a place yet: give the best picture its digit, click it or carry it.", "Nothing has that name.",
        "Nothing left to take back here.", "Offline", "Offline, {0} waiting", "One picture", "Other account, {0} waiting",
        "Pick a picture that has a place first.", "Picture {0}", "Picture {0} is not loaded yet.", "Picture {0}: no place yet",
        "Picture {0}: {1}", "Picture {0}: {1} of {2}", "Picture {0}: {1} of {2}, tied",
        "Practice, {0} of {1}. You are told what is right; none of it counts as a vote.", "Right", "Right answer", "Right is: {0}",
        "Right: you have passed", "Save changes", "Saved", "Score", "See the result", "Show without blur", "Show {0} without blur",
        "Sign in again and the votes that wait are sent. Press to sign in.", "Signed out, {0} waiting",
        "Somebody else has signed in in this browser.",
        "Somebody else has signed in in this browser. Your votes are kept for you and never sent under their name.", "Space", "Start",
        "Taken back", "The picture", "The pictures", "The server answered {0}.", "The server cannot look now. Try again in a moment.",
        "The server could not take the votes: {0} They are kept in this browser; press to try again.",
        "The server did not accept this. Press to see why.", "There is no connection to the server.",
        "These are another person’s flags. Confirm them, or change what is wrong.",
        "This browser lets the page keep nothing: do not close it while votes are waiting.", "This is the first one here.", "Tie",
        "Try again", "Two pictures", "Undo", "Upper", "Which is better", "Yes", "You are signed out.",
        "You are signed out. Load the page again to sign in.", "Your votes count from now on.", "Zoom", "Zoom {0}", "deformed",
        "not flagged", "not loaded.", "not seen yet.", "still blurred: hold {0} or click to look.", "the left picture",
        "the right picture", "unsafe", "{0} again leaves it out.", "{0} again leaves them out.", "{0} are {1}", "{0} chosen",
        "{0} has {1} MB; the most is {2} MB.", "{0} is {1}",
        "{0} of a better and a worse picture: what the model learns from. A group gives at most {1}.", "{0} pairs", "{0} pictures",
        "{0} pictures have no place yet. {1} again lets them share the last one.", "{0} pictures, best first", "{0} refused",
        "{0} right of {1}; {2} of {3} pass.", "{0} waiting", "{0} {1}", "{0}.", "{0}. Next.", "{0}th",
    ];
}
