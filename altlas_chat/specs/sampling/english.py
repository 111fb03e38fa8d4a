"""English words for made-up values."""

from altlas_chat.specs.sampling.words import Words, listed

ENGLISH = Words(
    first_names=listed(
        """
        Emma Olivia Amelia Isla Ava Grace Lily Freya Charlotte Sophie Hannah Lucy Alice Ruby
        Clara Nora Violet Eleanor Maya Zoe James Oliver Jack Harry Noah Leo Arthur Henry Oscar
        Theo Samuel Daniel Thomas Adam Ethan Lucas Edward Felix Julian Simon Victor Owen
        Marcus Peter Grant Martin Rachel Laura Helen Diana
        """
    ),
    last_names=listed(
        """
        Smith Jones Taylor Brown Wilson Evans Thomas Roberts Johnson Walker Wright Robinson
        Thompson White Hughes Edwards Green Hall Wood Harris Clarke Patel Jackson Turner
        Cooper Hill Ward Morris Moore Clark Baker Harrison Morgan Allen James Scott Ellis
        Bennett Gray Price Foster Murray Reed Stone Marsh Fletcher Palmer Barnes Lawson
        Chapman
        """
    ),
    cities=(
        ("London", "England", 51.5074, -0.1278),
        ("Manchester", "England", 53.4808, -2.2426),
        ("Bristol", "England", 51.4545, -2.5879),
        ("Leeds", "England", 53.8008, -1.5491),
        ("Edinburgh", "Scotland", 55.9533, -3.1883),
        ("Cardiff", "Wales", 51.4816, -3.1791),
        ("Boston", "Massachusetts", 42.3601, -71.0589),
        ("Chicago", "Illinois", 41.8781, -87.6298),
        ("Seattle", "Washington", 47.6062, -122.3321),
        ("Austin", "Texas", 30.2672, -97.7431),
        ("Denver", "Colorado", 39.7392, -104.9903),
        ("Portland", "Oregon", 45.5152, -122.6784),
        ("Toronto", "Ontario", 43.6532, -79.3832),
        ("Dublin", "Leinster", 53.3498, -6.2603),
        ("Sydney", "New South Wales", -33.8688, 151.2093),
        ("Auckland", "Auckland", -36.8509, 174.7645),
    ),
    country=("United Kingdom", "GB"),
    countries=(
        ("United Kingdom", "GB"),
        ("United States", "US"),
        ("Germany", "DE"),
        ("France", "FR"),
        ("Turkey", "TR"),
        ("Spain", "ES"),
        ("Italy", "IT"),
        ("Canada", "CA"),
        ("Japan", "JP"),
        ("Brazil", "BR"),
        ("Netherlands", "NL"),
        ("Sweden", "SE"),
        ("Poland", "PL"),
        ("Australia", "AU"),
        ("India", "IN"),
        ("Ireland", "IE"),
    ),
    streets=(
        "High Street",
        "Station Road",
        "Church Lane",
        "Park Avenue",
        "Mill Road",
        "Victoria Road",
        "Green Lane",
        "Queen Street",
        "Bridge Street",
        "North Street",
        "Maple Drive",
        "Oak Avenue",
        "Cedar Lane",
        "River Road",
        "Market Square",
        "Harbour View",
    ),
    companies=(
        "Northwind Traders",
        "Blue Harbour Ltd",
        "Fernhill Foods",
        "Brightside Labs",
        "Oakridge Partners",
        "Silverline Logistics",
        "Copperfield Books",
        "Meadowbank Energy",
        "Redwood Analytics",
        "Lakeside Studios",
        "Stonebridge Capital",
        "Evergreen Health",
        "Clearwater Systems",
        "Summit Outdoor",
        "Harvest & Co",
        "Lighthouse Media",
    ),
    jobs=(
        "Software Engineer",
        "Product Manager",
        "Nurse",
        "Teacher",
        "Accountant",
        "Architect",
        "Data Analyst",
        "Electrician",
        "Graphic Designer",
        "Librarian",
        "Pharmacist",
        "Chef",
        "Project Manager",
        "Sales Representative",
        "Translator",
        "Journalist",
    ),
    things=listed(
        """
        lamp chair notebook kettle backpack jacket keyboard bicycle umbrella teapot camera
        clock blanket mirror helmet basket candle speaker guitar ladder
        """
    ),
    adjectives=listed(
        """
        small green quiet bright simple modern classic light warm fresh smart solid gentle
        golden brave early silver soft steady swift
        """
    ),
    topics=listed(
        """
        garden weather market project journey design music history harbour kitchen library
        mountain season update morning planning release summer travel report
        """
    ),
    sentences=(
        "The meeting has moved to Tuesday at ten.",
        "We walked along the river until the rain began.",
        "Please send the final figures before the end of the week.",
        "The new version is ready and waits for a review.",
        "Everyone liked the second proposal better.",
        "The parcel arrived this morning in good order.",
        "There is fresh coffee in the kitchen.",
        "The lights in the hall were repaired yesterday.",
        "It took longer than planned, but the result is good.",
        "Bring a coat, the evenings are cold up there.",
        "The report covers the first three months of the year.",
        "Two seats by the window are still free.",
        "She wrote a short note and left it on the desk.",
        "The library opens at nine and closes at six.",
        "A quiet place with a good view of the harbour.",
        "The team agreed on a simple plan.",
    ),
    pets=listed(
        """
        Bella Max Luna Charlie Milo Daisy Rocky Molly Oscar Poppy Coco Simba Toby Rosie
        """
    ),
    breeds=(
        "Labrador Retriever",
        "Border Collie",
        "Beagle",
        "British Shorthair",
        "Maine Coon",
        "Siamese",
        "Poodle",
        "Golden Retriever",
    ),
    colors=listed(
        """
        red blue green yellow orange purple black white grey brown
        """
    ),
    categories=listed(
        """
        books music home garden sports kitchen toys travel health office
        """
    ),
    books=(
        "The Quiet Harbour",
        "A Season of Rain",
        "Letters from the North",
        "The Clockmaker",
        "Beyond the Hills",
        "Paper Gardens",
        "The Last Lighthouse",
        "Winter Roads",
    ),
    genders=("female", "male"),
    phone="+44 20 7946 0###",
    plate="L? ## ???",
    postcode="SW#A #AA",
    locale="en-GB",
    timezone="Europe/London",
    currency="GBP",
    iban="GB29NWBK60161331926819",
)
